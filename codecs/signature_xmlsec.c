/* signature_xmlsec -- see signature_xmlsec.h.
 *
 * Without a key manager KeyInfo is not looked at; with only the empty URI and
 * the transforms of the profile enabled, nothing is fetched or executed. Its
 * Verify() answers 0 for a signature that does not fit, hence the list of
 * questions behind it.
 */
#include "codecs/signature_xmlsec.h"

#include <stdlib.h>
#include <string.h>

#include <xmlsec/xmlsec.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>

static void context_release(xmlSecDSigCtx **context)
{
    xmlSecDSigCtxDestroy(*context);
}
#define SCOPED_CONTEXT __attribute__((cleanup(context_release)))

static bool enable_transforms(xmlSecDSigCtx *context)
{
    const xmlSecTransformId reference[] = { xmlSecTransformEnvelopedId,
                                            xmlSecTransformExclC14NId,
                                            xmlSecOpenSSLTransformSha256Id };
    const xmlSecTransformId signature[] = { xmlSecTransformExclC14NId,
                                            xmlSecOpenSSLTransformRsaSha256Id,
                                            xmlSecOpenSSLTransformEcdsaSha256Id,
                                            xmlSecOpenSSLTransformEcdsaSha384Id };
    bool done = true;

    for (size_t i = 0; i < sizeof(reference) / sizeof(reference[0]); i++)
        done = done && xmlSecDSigCtxEnableReferenceTransform(context, reference[i]) == 0;
    for (size_t i = 0; i < sizeof(signature) / sizeof(signature[0]); i++)
        done = done && xmlSecDSigCtxEnableSignatureTransform(context, signature[i]) == 0;
    return done;
}

static bool set_key(xmlSecDSigCtx *context, EVP_PKEY *key)
{
    EVP_PKEY *own = xmlSecOpenSSLEvpKeyDup(key);
    xmlSecKeyData *value = own ? xmlSecOpenSSLEvpKeyAdopt(own) : NULL;

    if (!value) {
        EVP_PKEY_free(own);
        return false;
    }
    context->signKey = xmlSecKeyCreate();
    return context->signKey && xmlSecKeySetValue(context->signKey, value) == 0;
}

/* The bytes behind the one reference; NULL when it is not one, or not found valid. */
static const xmlSecBuffer *verified_bytes(xmlSecDSigCtx *context)
{
    if (context->status != xmlSecDSigStatusSucceeded)
        return NULL;
    if (xmlSecPtrListGetSize(&context->signedInfoReferences) != 1
        || xmlSecPtrListGetSize(&context->manifestReferences) != 0)
        return NULL;
    xmlSecDSigReferenceCtx *reference =
        xmlSecPtrListGetItem(&context->signedInfoReferences, 0);
    if (!reference || reference->status != xmlSecDSigStatusSucceeded)
        return NULL;
    return xmlSecDSigReferenceCtxGetPreDigestBuffer(reference);
}

static bool same_bytes(const xmlSecBuffer *theirs, const struct buf *ours)
{
    return theirs && theirs->size == ours->size && ours->size > 0
           && memcmp(theirs->data, ours->data, ours->size) == 0;
}

bool signature_xmlsec_agrees(xmlNode *signature, EVP_PKEY *key, const struct buf *canonical,
                             struct fault *fault)
{
    SCOPED_CONTEXT xmlSecDSigCtx *context = xmlSecDSigCtxCreate(NULL);

    if (!context)
        abort(); /* only without memory */
    context->flags =
        XMLSEC_DSIG_FLAGS_IGNORE_MANIFESTS | XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    context->enabledReferenceUris = xmlSecTransformUriTypeEmpty;
    context->transformCtx.enabledUris = xmlSecTransformUriTypeEmpty;
    if (!enable_transforms(context) || !set_key(context, key))
        return fault_set(fault, FAULT_SIGNATURE, "xmlsec does not take the key");
    if (xmlSecDSigCtxVerify(context, signature) < 0
        || !same_bytes(verified_bytes(context), canonical))
        return fault_set(fault, FAULT_SIGNATURE,
                         "the second verifier (xmlsec) does not agree with the first");
    return true;
}
