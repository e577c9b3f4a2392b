/* Forgeries by somebody who has seen a signed message, or who signs what is not the profile.
 * Each is refused, in the words of the guard that is meant to refuse it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "codecs/base/mem.h"
#include "codecs/base64.h"
#include "codecs/signature.h"
#include "codecs/xmldoc.h"
#include "tests/pki.h"

#define OPEN "<bericht xmlns=\"urn:nl:estafette:bericht:1\">"
#define BODY                                                                                  \
    "<kop><berichtId>1</berichtId><afzender Id=\"x\">A</afzender></kop><ping Id=\"x\"/>"
#define EVIL "<kop><berichtId>2</berichtId><afzender Id=\"x\">A</afzender></kop><ping/>"
#define CLOSE "</bericht>"
#define DSIG "http://www.w3.org/2000/09/xmldsig#"
#define MORE "http://www.w3.org/2001/04/xmldsig-more#"
#define EXCLUSIVE "http://www.w3.org/2001/10/xml-exc-c14n#"
#define INCLUSIVE "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
#define XPATH "http://www.w3.org/TR/1999/REC-xpath-19991116"
#define XSLT "http://www.w3.org/TR/1999/REC-xslt-19991116"
#define SHA256 "http://www.w3.org/2001/04/xmlenc#sha256"
#define ENVELOPED_TAG "<Transform Algorithm=\"" DSIG "enveloped-signature\"/>"
#define EXCLUSIVE_TAG "<Transform Algorithm=\"" EXCLUSIVE "\"/>"
#define PREFIXES "<InclusiveNamespaces xmlns=\"" EXCLUSIVE "\" PrefixList=\"a\"/>"

#define NOT_LAST "the last element of the root is not an XMLDSig Signature"
#define NO_MARKUP "line 2: '<!' (a comment, CDATA section or DTD) is not allowed"
#define DIGEST_DIFFERS "Signature: DigestValue does not match the document"
#define VALUE_DIFFERS "Signature: SignatureValue does not match SignedInfo and key"
#define URI_IS "Signature: Reference is not URI=\"\""
#define ENVELOPED_IS "Signature: Transform is not Algorithm=\"" DSIG "enveloped-signature\""
#define EXCLUSIVE_IS "Signature: Transform is not Algorithm=\"" EXCLUSIVE "\""
#define DIGEST_IS "Signature: DigestMethod is not Algorithm=\"" SHA256 "\""
#define METHOD_IS "Signature: SignatureMethod is not rsa-sha256, as the certificate's key asks"
#define PLACE(name) "Signature: " name " is not in its place"
#define TOO_MUCH(name) "Signature: " name " contains too much"

static struct pki *PKI;
static X509 *RSA_SIGNER, *EC_SIGNER, *OTHER_SIGNER;
static struct buf RSA_XML, EC_XML, OTHER_XML; /* OPEN BODY Signature CLOSE */

static void sign_body(enum pki_kind kind, int n, X509 *certificate, struct buf *xml)
{
    static const char TEXT[] = OPEN BODY CLOSE;
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct digest digest;
    struct fault fault = { 0 };

    if (!xmldoc_parse(TEXT, strlen(TEXT), &doc, &fault)
        || !signature_sign(doc, pki_key(kind, n), certificate, xml, &digest, &fault))
        fail_msg("%s", fault.text);
}

/* "" when accepted, which for these documents means: with the bytes that were signed. */
static const char *refusal(const struct buf *xml, X509 *signer, struct fault *fault)
{
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    SCOPED_BUF struct buf canonical = { 0 };
    struct digest digest;

    *fault = (struct fault){ 0 };
    if (!xmldoc_parse(xml->data, xml->size, &doc, fault)
        || !signature_verify(doc, signer, &canonical, &digest, fault)) {
        assert_int_equal(canonical.size, 0);
        return fault->text;
    }
    assert_non_null(strstr(buf_text(&canonical), "<berichtId>1</berichtId>"));
    return "";
}

static void refused_in_these_words(const char *what, const struct buf *xml, X509 *signer,
                                   const char *says)
{
    struct fault fault;
    const char *said = refusal(xml, signer, &fault);

    if (strcmp(said, says) != 0)
        fail_msg("%s: \"%s\" instead of \"%s\"", what, said, says);
}

static void add_between(struct buf *to, const char *text, const char *from, const char *until)
{
    const char *start = strstr(text, from), *end = start ? strstr(start, until) : NULL;

    if (!end)
        fail_msg("there is no %s...%s", from, until);
    else
        buf_add(to, start, (size_t)(end - start) + strlen(until));
}

/* --- wrapping: the signed parts are all there, but elsewhere -------------------------- */

/* O open, B signed body, E evil body, C close, S Signature, s the same without its end tag, U
 * the original without Signature, X the whole original; other pieces stand for themselves. */
static const struct {
    const char *what, *shape, *says;
} WRAPS[] = {
    { "the original", "O|B|S|C", "" },
    { "XSW1: original in Signature", "O|E|s|U|</Signature>|C", TOO_MUCH("Signature") },
    { "XSW2: original before Signature", "O|E|U|S|C", DIGEST_DIFFERS },
    { "XSW3: original beside evil", "O|E|X|C", NOT_LAST },
    { "XSW4: evil wraps original", "O|<kop>|E|X|</kop>|C", NOT_LAST },
    { "XSW5: original behind Signature", "O|E|S|U|C", NOT_LAST },
    { "XSW6: all of it in an Object", "O|E|s|<Object>|X|</Object></Signature>|C",
      "2 elements are named Signature, not one" },
    { "XSW7: evil in an extension", "O|<extensie>|E|</extensie>|B|S|C", DIGEST_DIFFERS },
    { "XSW8: original in an Object", "O|E|s|<Object>|U|</Object></Signature>|C",
      TOO_MUCH("Signature") },
    { "evil behind the body", "O|B|E|S|C", DIGEST_DIFFERS },
    { "evil before the body", "O|E|B|S|C", DIGEST_DIFFERS },
    { "evil behind the Signature", "O|B|S|E|C", NOT_LAST },
    { "evil in the Signature", "O|B|s|E|</Signature>|C", TOO_MUCH("Signature") },
    { "only the body is evil", "O|E|S|C", DIGEST_DIFFERS },
    { "a text behind the Signature", "O|B|S|x|C", DIGEST_DIFFERS },
    { "a blank behind the Signature", "O|B|S| |C", DIGEST_DIFFERS },
    { "a wrapper as root", "<r>|X|</r>", NOT_LAST },
    { "a Signature as root", "S", NOT_LAST },
    { "no Signature", "O|B|C", "0 elements are named Signature, not one" },
    { "two Signatures", "O|B|S|S|C", "2 elements are named Signature, not one" },
    { "a Signature of another kind", "O|B|<Signature xmlns='urn:x'/>|S|C",
      "2 elements are named Signature, not one" },
    { "only one of another kind", "O|B|<Signature/>|C", NOT_LAST },
    { "a Signature that is not last", "O|S|B|C", NOT_LAST },
    { "a Signature deeper down", "O|B|<w>|S|</w>|C", NOT_LAST },
    { "an empty Signature", "O|B|<Signature xmlns='" DSIG "'/>|C", PLACE("SignedInfo") },
    { "another root element", "<dossier xmlns='urn:nl:estafette:bericht:1'>|B|S|</dossier>",
      DIGEST_DIFFERS },
    { "another namespace", "<bericht>|B|S|C", DIGEST_DIFFERS },
};

static void add_piece(struct buf *xml, const char *piece, size_t size)
{
    if (size != 1 || !strchr("OBECSsUX", *piece)) {
        buf_add(xml, piece, size);
        return;
    }
    buf_add_text(xml, strchr("OUX", *piece) ? OPEN : "");
    buf_add_text(xml, strchr("BUX", *piece) ? BODY : "");
    buf_add_text(xml, *piece == 'E' ? EVIL : "");
    if (strchr("SsX", *piece))
        add_between(xml, buf_text(&RSA_XML), "<Signature ", "</Signature>");
    if (*piece == 's')
        xml->size -= strlen("</Signature>");
    buf_add_text(xml, strchr("CUX", *piece) ? CLOSE : "");
}

static void wrapped_originals_are_refused(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(WRAPS) / sizeof(WRAPS[0]); i++) {
        SCOPED_BUF struct buf xml = { 0 };
        for (const char *shape = WRAPS[i].shape; *shape;) {
            size_t size = strcspn(shape, "|");
            add_piece(&xml, shape, size);
            shape += size + (shape[size] == '|');
        }
        refused_in_these_words(WRAPS[i].what, &xml, RSA_SIGNER, WRAPS[i].says);
    }
}

/* --- editing: something in the Signature or the body is replaced ----------------------- */

/* From `from` to the end of `until` (NULL: just `from`) becomes `to`. */
static const struct edit {
    const char *what, *from, *until, *to, *says;
} EDITS[] = {
    { "no SignedInfo", "<SignedInfo>", "</SignedInfo>", "", PLACE("SignedInfo") },
    { "two SignedInfo", "<SignedInfo>", NULL, "<SignedInfo/><SignedInfo>",
      PLACE("CanonicalizationMethod") },
    { "SignedInfo again, behind", "</SignedInfo>", NULL, "</SignedInfo><SignedInfo/>",
      PLACE("SignatureValue") },
    { "no Reference", "<Reference ", "</Reference>", "", PLACE("Reference") },
    { "two References", "</Reference>", NULL, "</Reference><Reference URI=\"\"/>",
      TOO_MUCH("SignedInfo") },
    { "no SignatureValue", "<SignatureValue>", "</SignatureValue>", "",
      PLACE("SignatureValue") },
    { "no DigestValue", "<DigestValue>", "</DigestValue>", "", PLACE("DigestValue") },
    { "an empty SignatureValue", "<SignatureValue>", "</SignatureValue>", "<SignatureValue/>",
      "Signature: SignatureValue is not exactly one text" },
    { "an empty DigestValue", "<DigestValue>", "</DigestValue>", "<DigestValue/>",
      "Signature: DigestValue is not exactly one text" },
    { "a blank DigestValue", "<DigestValue>", "</DigestValue>", "<DigestValue> </DigestValue>",
      DIGEST_DIFFERS },
    { "a short digest", "<DigestValue>", "</DigestValue>", "<DigestValue>AAAA</DigestValue>",
      DIGEST_DIFFERS },
    { "an element in DigestValue", "<DigestValue>", NULL, "<DigestValue><x/>",
      "Signature: DigestValue is not exactly one text" },
    { "a comment in DigestValue", "<DigestValue>", NULL, "<DigestValue><!-- -->", NO_MARKUP },
    { "a comment in SignatureValue", "</SignatureValue>", NULL, "<!----></SignatureValue>",
      NO_MARKUP },
    { "a comment in text", "<berichtId>1", NULL, "<berichtId><!-- -->1", NO_MARKUP },
    { "CDATA in text", "<berichtId>1", NULL, "<berichtId><![CDATA[1]]>", NO_MARKUP },
    { "a PI in text", "<berichtId>1", NULL, "<berichtId><?x?>1",
      "line 2: '<?' (a processing instruction) is not allowed" },
    { "DigestValue no base64", "<DigestValue>", NULL, "<DigestValue>*",
      "Signature: DigestValue is not base64" },
    { "SignatureValue no base64", "<SignatureValue>", NULL,
      "<SignatureValue>=", "Signature: SignatureValue is not base64" },
    { "a longer SignatureValue", "<SignatureValue>", NULL, "<SignatureValue>AAAA",
      VALUE_DIFFERS },
    { "a text in SignedInfo", "<SignedInfo>", NULL, "<SignedInfo>x",
      PLACE("CanonicalizationMethod") },
    { "a blank in SignedInfo", "<SignedInfo>", NULL, "<SignedInfo> ", VALUE_DIFFERS },
    { "Id on Signature", "<Signature ", NULL, "<Signature Id=\"x\" ",
      "Signature: Signature has an attribute" },
    { "Id on SignedInfo", "<SignedInfo>", NULL, "<SignedInfo Id=\"x\">",
      "Signature: SignedInfo has an attribute" },
    { "Type on Reference", "URI=\"\"", NULL, "URI=\"\" Type=\"" DSIG "Manifest\"", URI_IS },
    { "Type instead of URI", "URI=\"\"", NULL, "Type=\"\"", URI_IS },
    { "no URI", " URI=\"\"", NULL, "", URI_IS },
    { "URI of another namespace", "URI=\"\"", NULL, "xmlns:u=\"urn:x\" u:URI=\"\"", URI_IS },
    { "URI #id, twice in the body", "URI=\"\"", NULL, "URI=\"#x\"", URI_IS },
    { "URI file:", "URI=\"\"", NULL, "URI=\"file:///etc/passwd\"", URI_IS },
    { "URI a path", "URI=\"\"", NULL, "URI=\"/etc/passwd\"", URI_IS },
    { "URI http:", "URI=\"\"", NULL, "URI=\"http://127.0.0.1/x\"", URI_IS },
    { "URI a blank", "URI=\"\"", NULL, "URI=\" \"", URI_IS },
    { "URI #xpointer(/)", "URI=\"\"", NULL, "URI=\"#xpointer(/)\"", URI_IS },
    { "URI an injected XPath", "URI=\"\"", NULL, "URI=\"#x')|//*[local-name()='ping']|id('x\"",
      URI_IS },
    { "no Transforms", "<Transforms>", "</Transforms>", "", PLACE("Transforms") },
    { "empty Transforms", "<Transforms>", "</Transforms>", "<Transforms/>",
      PLACE("Transform") },
    { "only c14n", ENVELOPED_TAG, NULL, "", ENVELOPED_IS },
    { "only enveloped", EXCLUSIVE_TAG, NULL, "", PLACE("Transform") },
    { "the other order", ENVELOPED_TAG EXCLUSIVE_TAG, NULL, EXCLUSIVE_TAG ENVELOPED_TAG,
      ENVELOPED_IS },
    { "XPath instead of c14n", EXCLUSIVE_TAG, NULL,
      "<Transform Algorithm=\"" XPATH "\"><XPath>false()</XPath></Transform>", EXCLUSIVE_IS },
    { "XPath behind", "</Transforms>", NULL,
      "<Transform Algorithm=\"" XPATH "\"><XPath>false()</XPath></Transform></Transforms>",
      TOO_MUCH("Transforms") },
    { "XSLT", ENVELOPED_TAG, NULL, "<Transform Algorithm=\"" XSLT "\"/>", ENVELOPED_IS },
    { "base64", ENVELOPED_TAG, NULL, "<Transform Algorithm=\"" DSIG "base64\"/>",
      ENVELOPED_IS },
    { "c14n 1.0 of the body", EXCLUSIVE_TAG, NULL, "<Transform Algorithm=\"" INCLUSIVE "\"/>",
      EXCLUSIVE_IS },
    { "WithComments", EXCLUSIVE_TAG, NULL,
      "<Transform Algorithm=\"" EXCLUSIVE "WithComments\"/>", EXCLUSIVE_IS },
    { "InclusiveNamespaces", EXCLUSIVE_TAG, NULL,
      "<Transform Algorithm=\"" EXCLUSIVE "\">" PREFIXES "</Transform>",
      TOO_MUCH("Transform") },
    { "the same for SignedInfo", "<CanonicalizationMethod", "/>",
      "<CanonicalizationMethod Algorithm=\"" EXCLUSIVE "\">" PREFIXES
      "</CanonicalizationMethod>",
      TOO_MUCH("CanonicalizationMethod") },
    { "c14n 1.0 of SignedInfo", "<CanonicalizationMethod", "/>",
      "<CanonicalizationMethod Algorithm=\"" INCLUSIVE "\"/>",
      "Signature: CanonicalizationMethod is not Algorithm=\"" EXCLUSIVE "\"" },
    { "SHA-1 digest", SHA256, NULL, DSIG "sha1", DIGEST_IS },
    { "SHA-512 digest", SHA256, NULL, "http://www.w3.org/2001/04/xmlenc#sha512", DIGEST_IS },
    { "MD5 digest", SHA256, NULL, MORE "md5", DIGEST_IS },
    { "rsa-sha1", MORE "rsa-sha256", NULL, DSIG "rsa-sha1", METHOD_IS },
    { "rsa-md5", MORE "rsa-sha256", NULL, MORE "rsa-md5", METHOD_IS },
    { "rsa-ripemd160", MORE "rsa-sha256", NULL, MORE "rsa-ripemd160", METHOD_IS },
    { "rsa-sha512", MORE "rsa-sha256", NULL, MORE "rsa-sha512", METHOD_IS },
    { "rsa-pss", MORE "rsa-sha256", NULL,
      "http://www.w3.org/2007/05/xmldsig-more#sha256-rsa-MGF1", METHOD_IS },
    { "HMAC with SHA-1", MORE "rsa-sha256", NULL, DSIG "hmac-sha1", METHOD_IS },
    { "HMAC with SHA-256", MORE "rsa-sha256", NULL, MORE "hmac-sha256", METHOD_IS },
    { "a truncated HMAC", "<SignatureMethod", "/>",
      "<SignatureMethod Algorithm=\"" DSIG
      "hmac-sha1\"><HMACOutputLength>0</HMACOutputLength></SignatureMethod>",
      TOO_MUCH("SignatureMethod") },
    { "an EC method, RSA key", MORE "rsa-sha256", NULL, MORE "ecdsa-sha256", METHOD_IS },
    { "no method", " Algorithm=\"" MORE "rsa-sha256\"", NULL, "",
      "Signature: SignatureMethod is not Algorithm=\"...\"" },
    { "an Object", "</Signature>", NULL, "<Object/></Signature>", TOO_MUCH("Signature") },
    { "a Manifest", "</Signature>", NULL,
      "<Object><Manifest><Reference "
      "URI=\"file:///etc/passwd\"/></Manifest></Object></Signature>",
      TOO_MUCH("Signature") },
    { "no KeyInfo", "<KeyInfo>", "</KeyInfo>", "", PLACE("KeyInfo") },
    { "an empty KeyInfo", "<KeyInfo>", "</KeyInfo>", "<KeyInfo/>", PLACE("X509Data") },
    { "KeyName", "<KeyInfo>", "</KeyInfo>", "<KeyInfo><KeyName>A</KeyName></KeyInfo>",
      PLACE("X509Data") },
    { "KeyValue before", "<KeyInfo>", NULL,
      "<KeyInfo><KeyValue><RSAKeyValue><Modulus>AQAB</Modulus></RSAKeyValue></KeyValue>",
      PLACE("X509Data") },
    { "KeyValue behind", "</KeyInfo>", NULL, "<KeyValue/></KeyInfo>", TOO_MUCH("KeyInfo") },
    { "DEREncodedKeyValue", "</KeyInfo>", NULL,
      "<DEREncodedKeyValue xmlns=\"http://www.w3.org/2009/xmldsig11#\"/></KeyInfo>",
      TOO_MUCH("KeyInfo") },
    { "RetrievalMethod", "<KeyInfo>", NULL,
      "<KeyInfo><RetrievalMethod URI=\"file:///etc/passwd\"/>", PLACE("X509Data") },
    { "two certificates", "</X509Data>", NULL,
      "<X509Certificate>AAAA</X509Certificate></X509Data>", TOO_MUCH("X509Data") },
    { "issuer and serial", "<X509Data>", NULL, "<X509Data><X509IssuerSerial/>",
      PLACE("X509Certificate") },
    { "a CRL", "</X509Data>", NULL, "<X509CRL>AAAA</X509CRL></X509Data>",
      TOO_MUCH("X509Data") },
    { "another certificate", "<X509Certificate>", NULL, "<X509Certificate>AAAA",
      "Signature: X509Certificate is not the registered certificate" },
    { "no certificate", "<X509Certificate>", "</X509Certificate>",
      "<X509Certificate>x</X509Certificate>", "Signature: X509Certificate is not base64" },
    { "a relative namespace", "<bericht ", NULL, "<bericht xmlns:q=\"q\" ",
      "the document has no canonical form" },
    { "an attribute", "<ping ", NULL, "<ping a=\"1\" ", DIGEST_DIFFERS },
    { "another namespace inside", "<ping ", NULL, "<ping xmlns=\"urn:x\" ", DIGEST_DIFFERS },
    { "a changed digit", "<berichtId>1", NULL, "<berichtId>3", DIGEST_DIFFERS },
    { "a blank in the body", "<kop>", NULL, "<kop> ", DIGEST_DIFFERS },
};

/* Other bytes, the same message: accepted, because only the canonical bytes are believed. */
static const struct edit SAME[] = {
    { "an unused prefix", "<bericht ", NULL, "<bericht xmlns:q=\"urn:q\" ", "" },
    { "other quotes", "<afzender Id=\"x\">", NULL, "<afzender  Id='x' >", "" },
    { "a reference", "<berichtId>1", NULL, "<berichtId>&#49;", "" },
    { "wrapped base64", "<SignatureValue>", NULL, "<SignatureValue>\n ", "" },
    { "blanks between parts", "<KeyInfo>", NULL, "\n<KeyInfo>\n", "" },
    { "no declaration", "<?xml", "?>\n", "", "" },
};

static void apply(const struct edit *edit, const struct buf *original, struct buf *xml)
{
    const char *text = buf_text(original), *start = strstr(text, edit->from);
    const char *last = edit->until ? edit->until : edit->from;
    const char *end = start ? strstr(start, last) : NULL;

    buf_clear(xml);
    if (!end) {
        fail_msg("%s: there is no %s", edit->what, edit->from);
        return;
    }
    buf_add(xml, text, (size_t)(start - text));
    buf_add_text(xml, edit->to);
    buf_add_text(xml, end + strlen(last));
}

static void edited_signatures_are_refused(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(EDITS) / sizeof(EDITS[0]); i++) {
        apply(&EDITS[i], &RSA_XML, &xml);
        refused_in_these_words(EDITS[i].what, &xml, RSA_SIGNER, EDITS[i].says);
    }
}

static void other_bytes_of_the_same_message_are_the_same_message(void **state)
{
    SCOPED_BUF struct buf xml = { 0 };

    (void)state;
    for (size_t i = 0; i < sizeof(SAME) / sizeof(SAME[0]); i++) {
        apply(&SAME[i], &RSA_XML, &xml);
        refused_in_these_words(SAME[i].what, &xml, RSA_SIGNER, "");
    }
}

static X509 *issue(enum pki_kind kind, int n)
{
    struct pki_leaf leaf = { .oin = "00000001123456789000",
                             .purpose = PURPOSE_ONDERTEKENEN,
                             .key = pki_key(kind, n) };

    return pki_issue(PKI, &leaf);
}

/* --- keys and values ------------------------------------------------------------------- */

static void a_message_signed_by_somebody_else_is_refused(void **state)
{
    struct edit edit = { "B's message with A's certificate", "<X509Certificate>",
                         "</X509Certificate>", NULL, NULL };
    SCOPED_BUF struct buf certificate = { 0 }, xml = { 0 };

    (void)state;
    refused_in_these_words("B's message as B", &OTHER_XML, OTHER_SIGNER, "");
    refused_in_these_words("B's message as A", &OTHER_XML, RSA_SIGNER,
                           "Signature: X509Certificate is not the registered certificate");
    add_between(&certificate, buf_text(&RSA_XML), edit.from, edit.until);
    edit.to = buf_text(&certificate);
    apply(&edit, &OTHER_XML, &xml);
    refused_in_these_words(edit.what, &xml, RSA_SIGNER, VALUE_DIFFERS);
}

/* A certificate that should never have been registered. */
static void a_registered_key_that_is_too_weak_is_refused(void **state)
{
    SCOPED_X509 X509 *weak = issue(PKI_RSA2048, 0);
    SCOPED_BUF struct buf der = { 0 }, to = { 0 }, xml = { 0 };

    (void)state;
    certificate_to_der(weak, &der);
    buf_add_text(&to, "<X509Certificate>");
    base64_encode(der.data, der.size, &to);
    buf_add_text(&to, "</X509Certificate>");
    const struct edit edit = { "RSA-2048", "<X509Certificate>", "</X509Certificate>",
                               buf_text(&to), NULL };
    apply(&edit, &RSA_XML, &xml);
    refused_in_these_words(edit.what, &xml, weak,
                           "the certificate's key is not RSA of 3072 bits, P-256 or P-384");
}

static void what_is_no_certificate_is_not_handed_out(void **state)
{
    static const struct edit EDIT = { "half a certificate", "<X509Certificate>",
                                      "</X509Certificate>",
                                      "<X509Certificate>MIIB</X509Certificate>", NULL };
    SCOPED_BUF struct buf xml = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    X509 *certificate = NULL;
    struct fault fault = { 0 };

    (void)state;
    apply(&EDIT, &RSA_XML, &xml);
    assert_true(xmldoc_parse(xml.data, xml.size, &doc, &fault));
    assert_false(signature_certificate(doc, &certificate, &fault));
    assert_int_equal(fault.code, FAULT_SIGNATURE);
    assert_memory_equal(fault.text, "Signature: X509Certificate: ", 28);
    assert_null(certificate);
}

static void no_registered_certificate_helps_a_wrong_shape(void **state)
{
    static const char TEXT[] = OPEN BODY CLOSE;
    STACK_OF(X509) *registered = sk_X509_new_null();
    SCOPED_BUF struct buf canonical = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    X509 *signer = NULL;
    struct digest digest;
    struct fault fault = { 0 };

    (void)state;
    sk_X509_push(registered, RSA_SIGNER);
    assert_true(xmldoc_parse(TEXT, strlen(TEXT), &doc, &fault));
    assert_false(signature_verify_by(doc, registered, &signer, &canonical, &digest, &fault));
    assert_string_equal(fault.text, "0 elements are named Signature, not one");
    assert_null(signer);
    sk_X509_free(registered);
}

static void the_method_must_be_that_of_the_key(void **state)
{
    static const char *const OTHERS[] = {
        MORE "ecdsa-sha384", MORE "rsa-sha256", MORE "ecdsa-sha1", MORE "hmac-sha256", "", "x"
    };
    SCOPED_BUF struct buf xml = { 0 };

    (void)state;
    refused_in_these_words("the original", &EC_XML, EC_SIGNER, "");
    for (size_t i = 0; i < sizeof(OTHERS) / sizeof(OTHERS[0]); i++) {
        const struct edit edit = { "method", MORE "ecdsa-sha256", NULL, OTHERS[i], NULL };
        apply(&edit, &EC_XML, &xml);
        refused_in_these_words(
            OTHERS[i], &xml, EC_SIGNER,
            "Signature: SignatureMethod is not ecdsa-sha256, as the certificate's key asks");
    }
}

static void refuse_value(const char *what, const void *bytes, size_t size)
{
    SCOPED_BUF struct buf to = { 0 }, xml = { 0 };

    buf_add_text(&to, "<SignatureValue>");
    base64_encode(bytes, size, &to);
    buf_add_text(&to, "</SignatureValue>");
    const struct edit edit = { what, "<SignatureValue>", "</SignatureValue>", buf_text(&to),
                               NULL };
    apply(&edit, &EC_XML, &xml);
    refused_in_these_words(what, &xml, EC_SIGNER, VALUE_DIFFERS);
}

/* RFC 6931 2.3.6: r and s of 32 bytes each, side by side, and nothing else. */
static void an_ecdsa_value_of_another_form_is_refused(void **state)
{
    static const unsigned char ZEROS[96] = { 0 }, DER[] = { 0x30, 6, 2, 1, 1, 2, 1, 1 };
    SCOPED_BUF struct buf good = { 0 }, longer = { 0 };
    SCOPED_XMLDOC xmlDoc *doc = NULL;
    struct fault fault = { 0 };

    (void)state;
    refuse_value("zeros", ZEROS, 64);
    refuse_value("as for P-384", ZEROS, 96);
    refuse_value("nothing but a byte", ZEROS, 1);
    refuse_value("DER", DER, sizeof(DER));
    assert_true(xmldoc_parse(EC_XML.data, EC_XML.size, &doc, &fault));
    assert_true(base64_decode(
        xmldoc_text(xmlLastElementChild(xmlDocGetRootElement(doc)), "SignatureValue"), &good,
        &fault));
    buf_add(&longer, good.data, good.size);
    buf_add(&longer, ZEROS, 32);
    refuse_value("a byte more", longer.data, 65);
    refuse_value("half as much more", longer.data, 96);
    refuse_value("a byte less", good.data, 63);
}

static int install(void **state)
{
    (void)state;
    mem_install();
    xmldoc_install();
    PKI = pki_create(PKI_P256, "Hostile test root");
    RSA_SIGNER = issue(PKI_RSA, 0);
    OTHER_SIGNER = issue(PKI_RSA, 1);
    EC_SIGNER = issue(PKI_P256, 0);
    sign_body(PKI_RSA, 0, RSA_SIGNER, &RSA_XML);
    sign_body(PKI_RSA, 1, OTHER_SIGNER, &OTHER_XML);
    sign_body(PKI_P256, 0, EC_SIGNER, &EC_XML);
    return 0;
}

static int uninstall(void **state)
{
    (void)state;
    buf_finish(&RSA_XML);
    buf_finish(&OTHER_XML);
    buf_finish(&EC_XML);
    X509_free(RSA_SIGNER);
    X509_free(OTHER_SIGNER);
    X509_free(EC_SIGNER);
    pki_destroy(PKI);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(wrapped_originals_are_refused),
        cmocka_unit_test(edited_signatures_are_refused),
        cmocka_unit_test(other_bytes_of_the_same_message_are_the_same_message),
        cmocka_unit_test(a_message_signed_by_somebody_else_is_refused),
        cmocka_unit_test(a_registered_key_that_is_too_weak_is_refused),
        cmocka_unit_test(what_is_no_certificate_is_not_handed_out),
        cmocka_unit_test(no_registered_certificate_helps_a_wrong_shape),
        cmocka_unit_test(the_method_must_be_that_of_the_key),
        cmocka_unit_test(an_ecdsa_value_of_another_form_is_refused),
    };
    return cmocka_run_group_tests(tests, install, uninstall);
}
