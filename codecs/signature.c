/* signature -- see signature.h. The first verifier: canonicalise, digest, EVP.
 *
 * What is verified and what is signed goes through the same few lines, and
 * what we sign is verified before it is given away: a document that does not
 * survive writing and parsing never travels.
 */
#include "codecs/signature.h"

#include <string.h>

#include <libxml/c14n.h>
#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/ec.h>
#include <openssl/ecdsa.h>

#include "codecs/base64.h"
#include "codecs/certificate.h"
#include "codecs/signature_parts.h"
#include "codecs/signature_xmlsec.h"
#include "codecs/xmldoc.h"

/* --- which key signs how ------------------------------------------------------------- */

/* RFC 6931 sections 2.3.2 and 2.3.6. */
static const struct method {
    const char *uri;
    int type;
    int bits_min;
    const char *curve;
    const EVP_MD *(*digest)(void);
    int half; /* bytes of r and of s; 0: the value is as OpenSSL makes it */
} METHODS[] = {
    { "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256", EVP_PKEY_RSA, 3072, "", EVP_sha256,
      0 },
    { "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha256", EVP_PKEY_EC, 256, "prime256v1",
      EVP_sha256, 32 },
    { "http://www.w3.org/2001/04/xmldsig-more#ecdsa-sha384", EVP_PKEY_EC, 384, "secp384r1",
      EVP_sha384, 48 },
};

static const struct method *method_of(const EVP_PKEY *key)
{
    char curve[32] = "";

    EVP_PKEY_get_utf8_string_param(key, OSSL_PKEY_PARAM_GROUP_NAME, curve, sizeof(curve),
                                   NULL);
    for (size_t i = 0; i < sizeof(METHODS) / sizeof(METHODS[0]); i++)
        if (EVP_PKEY_get_base_id(key) == METHODS[i].type
            && EVP_PKEY_get_bits(key) >= METHODS[i].bits_min
            && strcmp(curve, METHODS[i].curve) == 0)
            return &METHODS[i];
    return NULL;
}

/* --- canonicalisation ---------------------------------------------------------------- */

/* Either everything below `apex` and itself, or everything but that. */
struct selection {
    const xmlNode *apex;
    bool inside;
};

static int is_selected(void *context, xmlNode *node, xmlNode *parent)
{
    const struct selection *selection = context;
    /* A namespace has no parent of its own: it is an xmlNs in disguise. */
    const xmlNode *at = node->type == XML_NAMESPACE_DECL ? parent : node;

    while (at && at != selection->apex)
        at = at->parent;
    return (at != NULL) == selection->inside;
}

static int write_to_buf(void *context, const char *bytes, int size)
{
    buf_add(context, bytes, (size_t)size);
    return size;
}

static bool canonicalise(xmlDoc *doc, const xmlNode *apex, bool inside, struct buf *bytes,
                         struct fault *fault)
{
    struct selection selection = { apex, inside };
    xmlOutputBuffer *out = xmlOutputBufferCreateIO(write_to_buf, NULL, bytes, NULL);
    int made =
        xmlC14NExecute(doc, is_selected, &selection, XML_C14N_EXCLUSIVE_1_0, NULL, 0, out);

    /* An implementation that takes failure for "nothing" signs and verifies nothing. */
    if (xmlOutputBufferClose(out) < 0 || made < 0 || bytes->size == 0)
        return fault_set(fault, FAULT_SIGNATURE, "the document has no canonical form");
    return true;
}

static bool canonicalise_signed(xmlDoc *doc, const xmlNode *signature, struct buf *canonical,
                                struct digest *digest, struct fault *fault)
{
    if (!canonicalise(doc, signature, false, canonical, fault))
        return false;
    digest_of(canonical->data, canonical->size, digest);
    return true;
}

/* --- values -------------------------------------------------------------------------- */

/* XMLDSig writes r and s side by side, each at full width; OpenSSL writes DER. */
static bool sides_from_der(const struct buf *der, int half, struct buf *sides)
{
    const unsigned char *at = der->data;
    ECDSA_SIG *pair = d2i_ECDSA_SIG(NULL, &at, (long)der->size);
    unsigned char *place = buf_reserve(sides, 2 * (size_t)half);
    bool done = pair && BN_bn2binpad(ECDSA_SIG_get0_r(pair), place, half) == half
                && BN_bn2binpad(ECDSA_SIG_get0_s(pair), place + half, half) == half;

    if (done)
        buf_grown(sides, 2 * (size_t)half);
    ECDSA_SIG_free(pair);
    return done;
}

static bool der_from_sides(const struct buf *sides, int half, struct buf *der)
{
    if (sides->size != 2 * (size_t)half)
        return false;
    ECDSA_SIG *pair = ECDSA_SIG_new();
    ECDSA_SIG_set0(pair, BN_bin2bn(sides->data, half, NULL),
                   BN_bin2bn(sides->data + half, half, NULL));
    unsigned char *place = buf_reserve(der, 2 * (size_t)half + 16);
    int size = i2d_ECDSA_SIG(pair, &place);
    if (size > 0)
        buf_grown(der, (size_t)size);
    ECDSA_SIG_free(pair);
    return size > 0;
}

static void digester_release(EVP_MD_CTX **digester)
{
    EVP_MD_CTX_free(*digester);
}
#define SCOPED_DIGESTER __attribute__((cleanup(digester_release)))

static bool make_value(const struct method *method, EVP_PKEY *key, const struct buf *bytes,
                       struct buf *value)
{
    SCOPED_DIGESTER EVP_MD_CTX *digester = EVP_MD_CTX_new();
    SCOPED_BUF struct buf made = { 0 };
    size_t size = (size_t)EVP_PKEY_get_size(key);
    unsigned char *place = buf_reserve(&made, size);

    if (EVP_DigestSignInit(digester, NULL, method->digest(), NULL, key) != 1
        || EVP_DigestSign(digester, place, &size, bytes->data, bytes->size) != 1)
        return false;
    buf_grown(&made, size);
    if (method->half)
        return sides_from_der(&made, method->half, value);
    buf_take(value, &made);
    return true;
}

static bool value_fits(const struct method *method, EVP_PKEY *key, const struct buf *bytes,
                       const struct buf *value)
{
    SCOPED_DIGESTER EVP_MD_CTX *digester = EVP_MD_CTX_new();
    SCOPED_BUF struct buf der = { 0 };

    if (method->half && !der_from_sides(value, method->half, &der))
        return false;
    const struct buf *theirs = method->half ? &der : value;
    return EVP_DigestVerifyInit(digester, NULL, method->digest(), NULL, key) == 1
           && EVP_DigestVerify(digester, theirs->data, theirs->size, bytes->data, bytes->size)
                  == 1;
}

/* --- the guards ---------------------------------------------------------------------- */

static bool decode(const char *name, const char *text, struct buf *bytes, struct fault *fault)
{
    struct fault ours = { 0 };

    if (!base64_decode(text, bytes, &ours))
        return fault_set(fault, FAULT_SIGNATURE, "Signature: %s is %s", name, ours.text);
    return true;
}

static bool certificate_is(const struct signature_parts *parts, X509 *signer,
                           struct fault *fault)
{
    SCOPED_BUF struct buf theirs = { 0 }, ours = { 0 };

    if (!decode("X509Certificate", parts->certificate, &theirs, fault))
        return false;
    certificate_to_der(signer, &ours);
    if (theirs.size != ours.size || memcmp(theirs.data, ours.data, ours.size) != 0)
        return fault_set(fault, FAULT_SIGNATURE,
                         "Signature: X509Certificate is not the registered certificate");
    return true;
}

static bool digest_matches(xmlDoc *doc, const struct signature_parts *parts,
                           struct buf *canonical, struct digest *digest, struct fault *fault)
{
    SCOPED_BUF struct buf value = { 0 };

    if (!decode("DigestValue", parts->digest_value, &value, fault)
        || !canonicalise_signed(doc, parts->signature, canonical, digest, fault))
        return false;
    if (value.size != DIGEST_SIZE
        || CRYPTO_memcmp(value.data, digest->bytes, DIGEST_SIZE) != 0)
        return fault_set(fault, FAULT_SIGNATURE,
                         "Signature: DigestValue does not match the document");
    return true;
}

static bool value_matches(xmlDoc *doc, const struct signature_parts *parts, X509 *signer,
                          struct fault *fault)
{
    SCOPED_BUF struct buf value = { 0 }, signed_info = { 0 };
    EVP_PKEY *key = X509_get0_pubkey(signer);
    const struct method *method = key ? method_of(key) : NULL;

    if (!method)
        return fault_set(fault, FAULT_SIGNATURE,
                         "the certificate's key is not RSA of 3072 bits, P-256 or P-384");
    if (strcmp(parts->method, method->uri) != 0)
        return fault_set(fault, FAULT_SIGNATURE,
                         "Signature: SignatureMethod is not %s, as the certificate's key asks",
                         strchr(method->uri, '#') + 1);
    if (!decode("SignatureValue", parts->signature_value, &value, fault)
        || !canonicalise(doc, parts->signed_info, true, &signed_info, fault))
        return false;
    if (!value_fits(method, key, &signed_info, &value))
        return fault_set(fault, FAULT_SIGNATURE,
                         "Signature: SignatureValue does not match SignedInfo and key");
    return true;
}

static bool parts_verify(xmlDoc *doc, const struct signature_parts *parts, X509 *signer,
                         struct buf *canonical, struct digest *digest, struct fault *fault)
{
    SCOPED_BUF struct buf bytes = { 0 };
    struct digest found;

    if (!certificate_is(parts, signer, fault)
        || !digest_matches(doc, parts, &bytes, &found, fault)
        || !value_matches(doc, parts, signer, fault)
        || !signature_xmlsec_agrees(parts->signature, X509_get0_pubkey(signer), &bytes, fault))
        return false;
    buf_take(canonical, &bytes);
    *digest = found;
    return true;
}

bool signature_verify(xmlDoc *doc, X509 *signer, struct buf *canonical, struct digest *digest,
                      struct fault *fault)
{
    struct signature_parts parts;

    return signature_parts_find(doc, &parts, fault)
           && parts_verify(doc, &parts, signer, canonical, digest, fault);
}

bool signature_verify_by(xmlDoc *doc, const STACK_OF(X509) * registered, X509 **signer,
                         struct buf *canonical, struct digest *digest, struct fault *fault)
{
    struct signature_parts parts;

    if (!signature_parts_find(doc, &parts, fault))
        return false;
    for (int i = 0; i < sk_X509_num(registered); i++) {
        struct fault other = { 0 };
        X509 *candidate = sk_X509_value(registered, i);
        if (!certificate_is(&parts, candidate, &other))
            continue;
        *signer = candidate;
        return parts_verify(doc, &parts, candidate, canonical, digest, fault);
    }
    return fault_set(fault, FAULT_SIGNATURE,
                     "Signature: X509Certificate is not a registered certificate");
}

bool signature_certificate(xmlDoc *doc, X509 **certificate, struct fault *fault)
{
    struct signature_parts parts;
    struct fault ours = { 0 };
    SCOPED_BUF struct buf der = { 0 };

    if (!signature_parts_find(doc, &parts, fault)
        || !decode("X509Certificate", parts.certificate, &der, fault))
        return false;
    if (!certificate_from_der(der.data, der.size, certificate, &ours))
        return fault_set(fault, FAULT_SIGNATURE, "Signature: X509Certificate: %s", ours.text);
    return true;
}

bool signature_canonical(xmlDoc *doc, struct buf *canonical, struct digest *digest,
                         struct fault *fault)
{
    struct signature_parts parts;
    SCOPED_BUF struct buf bytes = { 0 };

    if (!signature_parts_find(doc, &parts, fault)
        || !digest_matches(doc, &parts, &bytes, digest, fault))
        return false;
    buf_take(canonical, &bytes);
    return true;
}

/* --- signing ------------------------------------------------------------------------- */

static void set_base64(xmlNode *signature, const char *path, const void *bytes, size_t size)
{
    SCOPED_BUF struct buf text = { 0 };

    base64_encode(bytes, size, &text);
    xmlNodeAddContent(xmldoc_at(signature, path), text.data);
}

static bool fill(xmlDoc *doc, xmlNode *signature, const struct method *method, EVP_PKEY *key,
                 X509 *certificate, struct fault *fault)
{
    SCOPED_BUF struct buf bytes = { 0 }, signed_info = { 0 }, value = { 0 }, der = { 0 };
    struct digest digest;

    if (!canonicalise_signed(doc, signature, &bytes, &digest, fault))
        return false;
    set_base64(signature, "SignedInfo/Reference/DigestValue", digest.bytes, DIGEST_SIZE);
    if (!canonicalise(doc, xmldoc_child(signature, "SignedInfo"), true, &signed_info, fault))
        return false;
    if (!make_value(method, key, &signed_info, &value))
        return fault_set(fault, FAULT_SIGNATURE, "the key does not sign");
    set_base64(signature, "SignatureValue", value.data, value.size);
    certificate_to_der(certificate, &der);
    set_base64(signature, "KeyInfo/X509Data/X509Certificate", der.data, der.size);
    return true;
}

/* As a receiver will read it. */
static bool survives(const struct buf *xml, X509 *certificate, struct digest *digest,
                     struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };

    return xmldoc_parse(xml->data, xml->size, &doc, fault)
           && signature_verify(doc, certificate, &canonical, digest, fault);
}

bool signature_sign(xmlDoc *doc, EVP_PKEY *key, X509 *certificate, struct buf *signed_xml,
                    struct digest *canonical, struct fault *fault)
{
    SCOPED_BUF struct buf xml = { 0 };
    const struct method *method = method_of(key);

    if (!method)
        return fault_set(fault, FAULT_SIGNATURE,
                         "the key is not RSA of 3072 bits, P-256 or P-384");
    if (X509_check_private_key(certificate, key) != 1)
        return fault_set(fault, FAULT_SIGNATURE, "the key does not belong to the certificate");
    if (signature_parts_count(doc) > 0)
        return fault_set(fault, FAULT_SIGNATURE, "the document is signed already");

    xmlNode *signature = signature_parts_append(doc, method->uri);
    bool done = fill(doc, signature, method, key, certificate, fault);
    if (done)
        xmldoc_write(doc, &xml);
    if (!done || !survives(&xml, certificate, canonical, fault)) {
        xmlUnlinkNode(signature);
        xmlFreeNode(signature);
        return false;
    }
    buf_take(signed_xml, &xml);
    return true;
}
