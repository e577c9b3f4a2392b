/* credential -- see credential.h. */
#include "tools/cli/credential.h"

#include <stdlib.h>
#include <string.h>

#include <openssl/err.h>
#include <openssl/pem.h>

#include "codecs/certificate.h"
#include "tools/cli/cli.h"

#define FILE_MAX (1u << 20) /* CRLs of a large authority */
#define BEGIN "-----BEGIN "
#define BEGIN_CERTIFICATE BEGIN "CERTIFICATE-----"

static bool is_pem(const struct buf *content)
{
    return strstr(buf_text(content), BEGIN) != NULL;
}

static int certificates_in(const struct buf *pem)
{
    int count = 0;

    for (const char *at = buf_text(pem); (at = strstr(at, BEGIN_CERTIFICATE)); at++)
        count++;
    return count;
}

static bool parse_certificate(const struct buf *content, X509 **certificate, int *count,
                              struct fault *fault)
{
    if (!is_pem(content)) {
        *count = 1;
        return certificate_from_der(content->data, content->size, certificate, fault);
    }
    *count = certificates_in(content);
    return certificate_from_pem(content, certificate, fault);
}

bool credential_certificate(const char *file, X509 **certificate, int *count,
                            struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };
    struct fault why;

    if (!cli_read(file, FILE_MAX, &content, fault))
        return false;
    if (!parse_certificate(&content, certificate, count, &why))
        return fault_set(fault, why.code, "%.120s: %s", file, why.text);
    return true;
}

static X509_CRL *parse_crl(const struct buf *content)
{
    BIO *bio = BIO_new_mem_buf(buf_text(content), (int)content->size);

    if (!bio)
        abort();
    X509_CRL *crl = is_pem(content) ? PEM_read_bio_X509_CRL(bio, NULL, NULL, NULL)
                                    : d2i_X509_CRL_bio(bio, NULL);
    BIO_free(bio);
    ERR_clear_error();
    return crl;
}

bool credential_crl(const char *file, X509_CRL **crl, struct fault *fault)
{
    SCOPED_BUF struct buf content = { 0 };

    if (!cli_read(file, FILE_MAX, &content, fault))
        return false;
    *crl = parse_crl(&content);
    return *crl || fault_set(fault, FAULT_CERTIFICATE, "%.120s: not a CRL", file);
}

void credential_name(const X509_NAME *name, struct buf *text)
{
    char *bytes;
    BIO *bio = BIO_new(BIO_s_mem());

    if (!bio)
        abort();
    X509_NAME_print_ex(bio, name, 0, XN_FLAG_RFC2253 & ~(unsigned long)ASN1_STRFLGS_ESC_MSB);
    long size = BIO_get_mem_data(bio, &bytes);
    buf_add(text, bytes, (size_t)size);
    BIO_free(bio);
}

void credential_crl_release(X509_CRL **crl)
{
    X509_CRL_free(*crl);
}
