/* doctor_config -- estafette.ini, and whether what peers are told can be true. */
#include <arpa/inet.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gateway/doctor.h"
#include "gateway/listen.h"

#define HTTPS "https://"
#define HTTPS_PORT 443

static bool is_read(struct doctor *doctor)
{
    if (doctor->config_fault.code == FAULT_NONE)
        return true;
    doctor_skip(doctor, "", "see config.file");
    return false;
}

void doctor_config_file(struct doctor *doctor)
{
    if (doctor->config_fault.code == FAULT_NONE)
        doctor_ok(doctor, "", "of %s, OIN %s", doctor->gateway->config.naam,
                  doctor->gateway->config.oin);
    else
        doctor_fault(doctor, DOCTOR_FAIL, "", &doctor->config_fault);
}

void doctor_config_omgeving(struct doctor *doctor)
{
    if (is_read(doctor))
        doctor_ok(doctor, "", "%s", omgeving_name(doctor->gateway->config.omgeving));
}

/* "https://host[:port]"; config.c saw to the form. */
static int endpoint_port(const char *endpoint)
{
    const char *behind = strrchr(endpoint + strlen(HTTPS), ']');
    const char *colon = strchr(behind ? behind : endpoint + strlen(HTTPS), ':');

    return colon ? (int)strtol(colon + 1, NULL, 10) : HTTPS_PORT;
}

static bool endpoint_is_local(const char *endpoint)
{
    static const char *const LOCAL[] = { "localhost", "127.", "[::1]" };

    for (size_t i = 0; i < sizeof(LOCAL) / sizeof(LOCAL[0]); i++)
        if (strncmp(endpoint + strlen(HTTPS), LOCAL[i], strlen(LOCAL[i])) == 0)
            return true;
    return false;
}

static bool address_is_local(const struct addrinfo *at)
{
    const struct sockaddr_in *v4 = (const void *)at->ai_addr;
    const struct sockaddr_in6 *v6 = (const void *)at->ai_addr;

    if (at->ai_family == AF_INET)
        return ntohl(v4->sin_addr.s_addr) >> 24 == 127;
    return IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

static int address_port(const struct addrinfo *at)
{
    const struct sockaddr_in *v4 = (const void *)at->ai_addr;

    return ntohs(v4->sin_port); /* at the same place in IPv6 */
}

static void compare(struct doctor *doctor, const struct addrinfo *at)
{
    const struct config *config = &doctor->gateway->config;
    bool local = endpoint_is_local(config->endpoint);
    int told = endpoint_port(config->endpoint), listened = address_port(at);

    if (local && config->omgeving == OMGEVING_PRODUCTIE)
        doctor_fail(doctor, "", "set [listen] endpoint to the name under which peers reach us",
                    "%s: nobody but this machine can reach that", config->endpoint);
    else if (!local && address_is_local(at))
        doctor_warn(doctor, "",
                    "set [listen] address to 0.0.0.0:PORT, unless something on this machine "
                    "passes connections on",
                    "we listen on %s, where only this machine comes", config->address);
    else if (told != listened)
        doctor_warn(doctor, "",
                    "make [listen] endpoint and address agree, unless a firewall translates",
                    "peers connect to port %d, we listen on port %d", told, listened);
    else
        doctor_ok(doctor, "", "%s, we listen on %s", config->endpoint, config->address);
}

void doctor_config_endpoint(struct doctor *doctor)
{
    if (!is_read(doctor))
        return;
    struct addrinfo *at = listen_address(doctor->gateway->config.address);
    if (!at) {
        doctor_fail(doctor, "", "set [listen] address, such as 0.0.0.0:8443",
                    "[listen] address = %s is not ADDRESS:PORT in numbers",
                    doctor->gateway->config.address);
        return;
    }
    compare(doctor, at);
    freeaddrinfo(at);
}
