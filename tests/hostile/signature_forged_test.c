/* Signatures that are valid, but not of the profile: made with xmlsec by the owner of the key,
 * and accepted by a verifier written like xmlsec's examples. Ours refuses each; so does our
 * use of xmlsec on its own, so that neither layer leans on the other. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>
#include <xmlsec/xmlsec.h>
#include <xmlsec/openssl/crypto.h>
#include <xmlsec/openssl/evp.h>
#include <xmlsec/xmldsig.h>
#include <xmlsec/xmltree.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/certificate.h"
#include "codecs/signature.h"
#include "codecs/signature_xmlsec.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"

#define NS "urn:nl:estafette:bericht:1"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define INCLUSIVE "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define XPATH "http://www.w3.org/TR/1999/REC-xpath-19991116"
#define XSLT "http://www.w3.org/TR/1999/REC-xslt-19991116"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define RSA_SHA256 MORE "rsa-sha256"

#define TRANSFORM(uri) "<Transform Algorithm=\"" uri "\"/>"
#define ENVELOPED TRANSFORM(DSIG "enveloped-signature")
#define REFERENCE(uri, transforms, digest)                                                    \
    "<Reference URI=\"" uri "\"><Transforms>" transforms                                      \
    "</Transforms><DigestMethod Algorithm=\"" digest "\"/><DigestValue/></Reference>"
#define WHOLE REFERENCE("", ENVELOPED TRANSFORM(EXCLUSIVE), SHA256)
#define MESSAGE(c14n, method, references, extra)                                              \
    "<bericht xmlns=\"" NS "\"><kop Id=\"k\"><berichtId>1</berichtId></kop>"                  \
    "<ping Id=\"x\"/><Signature xmlns=\"" DSIG "\"><SignedInfo>"                              \
    "<CanonicalizationMethod Algorithm=\"" c14n "\"/>"                                        \
    "<SignatureMethod Algorithm=\"" method "\"/>" references                                  \
    "</SignedInfo><SignatureValue/>" extra "</Signature></bericht>"
#define NOT_URI "Signature: Reference is not URI=\"\""
#define NOT_EXCLUSIVE "Signature: Transform is not Algorithm=\"" EXCLUSIVE "\""
#define NOT_METHOD                                                                            \
    "Signature: SignatureMethod is not rsa-sha256, as the certificate's key asks"

static const struct {
    const char *what;
    bool second_too; /* our use of xmlsec refuses it as well, on its own */
    const char *xml, *says;
} FORGED[] = {
    { "only the body, by Id", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256, REFERENCE("#x", TRANSFORM(EXCLUSIVE), SHA256), ""),
      NOT_URI },
    { "only an Object of its own", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256, REFERENCE("#o", TRANSFORM(EXCLUSIVE), SHA256),
              "<Object Id=\"o\">x</Object>"),
      NOT_URI },
    { "the document by XPointer", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("#xpointer(/)", ENVELOPED TRANSFORM(EXCLUSIVE), SHA256), ""),
      NOT_URI },
    { "an injected XPath", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("#x')|//*[local-name()='ping']|id('x", TRANSFORM(EXCLUSIVE), SHA256),
              ""),
      NOT_URI },
    { "all but the header, by XPath", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("",
                        ENVELOPED "<Transform Algorithm=\"" XPATH
                                  "\"><XPath>not(ancestor-or-self::*[local-name()='kop'])</"
                                  "XPath></Transform>" TRANSFORM(EXCLUSIVE),
                        SHA256),
              ""),
      NOT_EXCLUSIVE },
    { "always the same, by XSLT", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE(
                  "",
                  ENVELOPED
                  "<Transform Algorithm=\"" XSLT "\"><xsl:stylesheet version=\"1.0\" "
                  "xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">"
                  "<xsl:template match=\"/\"><a/></xsl:template></xsl:stylesheet></Transform>",
                  SHA256),
              ""),
      NOT_EXCLUSIVE },
    { "digest SHA-1", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("", ENVELOPED TRANSFORM(EXCLUSIVE), DSIG "sha1"), ""),
      "Signature: DigestMethod is not Algorithm=\"" SHA256 "\"" },
    { "digest SHA-512", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("", ENVELOPED TRANSFORM(EXCLUSIVE),
                        "http://www.w3.org/2001/04/xmlenc#sha512"),
              ""),
      "Signature: DigestMethod is not Algorithm=\"" SHA256 "\"" },
    { "rsa-sha1", true, MESSAGE(EXCLUSIVE, DSIG "rsa-sha1", WHOLE, ""), NOT_METHOD },
    { "rsa-sha512", true, MESSAGE(EXCLUSIVE, MORE "rsa-sha512", WHOLE, ""), NOT_METHOD },
    { "SignedInfo in c14n 1.0", true, MESSAGE(INCLUSIVE, RSA_SHA256, WHOLE, ""),
      "Signature: CanonicalizationMethod is not Algorithm=\"" EXCLUSIVE "\"" },
    { "the body in c14n 1.0", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256, REFERENCE("", ENVELOPED TRANSFORM(INCLUSIVE), SHA256),
              ""),
      NOT_EXCLUSIVE },
    { "with comments", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256,
              REFERENCE("", ENVELOPED TRANSFORM(EXCLUSIVE "WithComments"), SHA256), ""),
      NOT_EXCLUSIVE },
    { "twice the same", true, MESSAGE(EXCLUSIVE, RSA_SHA256, WHOLE WHOLE, ""),
      "Signature: SignedInfo contains too much" },
    { "a part too", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256, WHOLE REFERENCE("#k", TRANSFORM(EXCLUSIVE), SHA256), ""),
      "Signature: SignedInfo contains too much" },
    { "no transforms but c14n", true,
      MESSAGE(EXCLUSIVE, RSA_SHA256, REFERENCE("#k", TRANSFORM(EXCLUSIVE), SHA256), ""),
      NOT_URI },
    { "a Manifest", false,
      MESSAGE(EXCLUSIVE, RSA_SHA256, WHOLE,
              "<Object><Manifest>" REFERENCE("#k", TRANSFORM(EXCLUSIVE),
                                             SHA256) "</Manifest></Object>"),
      "Signature: Signature contains too much" },
};

static struct pki *PKI;
static X509 *SIGNER;

static EVP_PKEY *key(void)
{
    return pki_key(PKI_RSA, 0);
}

static xmlDoc *parsed(const void *bytes, size_t size)
{
    struct fault fault = { 0 };
    xmlDoc *doc = NULL;

    if (!xmldoc_parse(bytes, size, &doc, &fault))
        fail_msg("%s", fault.text);
    return doc;
}

static void context_release(xmlSecDSigCtx **context)
{
    xmlSecDSigCtxDestroy(*context);
}
#define SCOPED_CONTEXT __attribute__((cleanup(context_release)))

/* As in xmlsec's examples: everything enabled, and Id attributes registered. */
static xmlSecDSigCtx *naive_context(xmlDoc *doc)
{
    static const xmlChar *IDS[] = { (const xmlChar *)"Id", NULL };
    xmlSecDSigCtx *context = xmlSecDSigCtxCreate(NULL);

    context->flags = XMLSEC_DSIG_FLAGS_STORE_SIGNEDINFO_REFERENCES;
    context->signKey = xmlSecKeyCreate();
    xmlSecKeySetValue(context->signKey,
                      xmlSecOpenSSLEvpKeyAdopt(xmlSecOpenSSLEvpKeyDup(key())));
    xmlSecAddIDs(doc, xmlDocGetRootElement(doc), IDS);
    return context;
}

static xmlNode *signature_of(xmlDoc *doc)
{
    return xmlLastElementChild(xmlDocGetRootElement(doc));
}

/* Signs by the template's own rules, then puts our certificate where the profile wants it. */
static void forge(const char *what, const char *template, struct buf *xml)
{
    SCOPED_XMLDOC xmlDoc *doc = parsed(template, strlen(template));
    SCOPED_CONTEXT xmlSecDSigCtx *context = naive_context(doc);
    SCOPED_BUF struct buf der = { 0 }, text = { 0 };

    if (xmlSecDSigCtxSign(context, signature_of(doc)) < 0)
        fail_msg("%s: xmlsec does not sign it", what);
    xmlNode *value = xmldoc_child(signature_of(doc), "SignatureValue");
    xmlNode *info = xmlNewDocNode(doc, value->ns, (const xmlChar *)"KeyInfo", NULL);
    xmlAddNextSibling(value, info);
    certificate_to_der(SIGNER, &der);
    base64_encode(der.data, der.size, &text);
    xmldoc_add(xmldoc_add(info, "X509Data", NULL), "X509Certificate", buf_text(&text));
    xmldoc_write(doc, xml);
}

/* What it signed, as the example would believe; empty when it does not accept. */
static bool naive_accepts(xmlDoc *doc, struct buf *bytes)
{
    SCOPED_CONTEXT xmlSecDSigCtx *context = naive_context(doc);

    if (xmlSecDSigCtxVerify(context, signature_of(doc)) < 0
        || context->status != xmlSecDSigStatusSucceeded)
        return false;
    xmlSecBuffer *first = xmlSecDSigReferenceCtxGetPreDigestBuffer(
        xmlSecPtrListGetItem(&context->signedInfoReferences, 0));
    buf_add(bytes, first->data, first->size);
    return true;
}

static void valid_signatures_of_another_profile_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(FORGED) / sizeof(FORGED[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 }, bytes = { 0 }, canonical = { 0 };
        struct digest digest;
        struct fault fault = { 0 }, second = { 0 };
        forge(FORGED[i].what, FORGED[i].xml, &xml);
        SCOPED_XMLDOC xmlDoc *naive = parsed(xml.data, xml.size);
        if (!naive_accepts(naive, &bytes))
            fail_msg("%s: not even a naive verifier accepts it", FORGED[i].what);
        SCOPED_XMLDOC xmlDoc *doc = parsed(xml.data, xml.size);
        assert_false(signature_verify(doc, SIGNER, &canonical, &digest, &fault));
        assert_string_equal(fault.text, FORGED[i].says);
        bool agrees = signature_xmlsec_agrees(signature_of(doc), key(), &bytes, &second);
        if (agrees == FORGED[i].second_too)
            fail_msg("%s: our xmlsec %s", FORGED[i].what, agrees ? "agrees" : second.text);
    }
}

static void the_same_machinery_makes_a_good_signature(void **state)
{
    SCOPED_BUF struct buf xml = { 0 }, canonical = { 0 };
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    forge("a good one", MESSAGE(EXCLUSIVE, RSA_SHA256, WHOLE, ""), &xml);
    SCOPED_XMLDOC xmlDoc *doc = parsed(xml.data, xml.size);
    if (!signature_verify(doc, SIGNER, &canonical, &digest, &fault))
        fail_msg("%s", fault.text);
}

/* The second verifier does not take our word for the bytes, the key or the tree. */
static void the_second_verifier_has_an_opinion_of_its_own(void **state)
{
    SCOPED_BUF struct buf xml = { 0 }, bytes = { 0 }, other = { 0 };
    struct fault fault = { 0 };

    (void)state;
    forge("a good one", MESSAGE(EXCLUSIVE, RSA_SHA256, WHOLE, ""), &xml);
    SCOPED_XMLDOC xmlDoc *doc = parsed(xml.data, xml.size);
    assert_true(naive_accepts(doc, &bytes));
    xmlNode *signature = signature_of(doc);
    assert_true(signature_xmlsec_agrees(signature, key(), &bytes, &fault));
    assert_false(signature_xmlsec_agrees(signature, pki_key(PKI_RSA, 1), &bytes, &fault));
    assert_string_equal(fault.text,
                        "the second verifier (xmlsec) does not agree with the first");
    assert_false(signature_xmlsec_agrees(signature, pki_key(PKI_P256, 0), &bytes, &fault));
    assert_false(signature_xmlsec_agrees(signature, key(), &other, &fault));
    bytes.data[0] ^= 1;
    assert_false(signature_xmlsec_agrees(signature, key(), &bytes, &fault));
    bytes.data[0] ^= 1;
    xmldoc_add(xmlDocGetRootElement(doc)->children, "extra", "1");
    assert_false(signature_xmlsec_agrees(signature, key(), &bytes, &fault));
}

static int install(void **state)
{
    struct pki_leaf leaf = { .purpose = PURPOSE_ONDERTEKENEN };

    (void)state;
    mem_install();
    xmldoc_install();
    PKI = pki_create(PKI_P256, "Forgery test root");
    leaf.key = key();
    SIGNER = pki_issue(PKI, &leaf);
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    X509_free(SIGNER);
    pki_destroy(PKI);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_machinery_makes_a_good_signature),
        cmocka_unit_test(valid_signatures_of_another_profile_are_refused),
        cmocka_unit_test(the_second_verifier_has_an_opinion_of_its_own),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
