/* doctor_duo -- DUO: configured, and really there.
 *
 * What is asked of it is the list of grounds for an extension: about nobody, and it changes
 * nothing.
 */
#include "codecs/uuid.h"
#include "gateway/doctor.h"
#include "gateway/duo_exchange.h"

/* DUO is optional: what is not used is in order. */
static bool is_used(struct doctor *doctor)
{
    if (doctor->config_fault.code != FAULT_NONE)
        doctor_skip(doctor, "", "see config.file");
    else if (!doctor->gateway->config.duo.oin[0])
        doctor_ok(doctor, "", "DUO is not used");
    else
        return true;
    return false;
}

void doctor_duo_config(struct doctor *doctor)
{
    const struct config_duo *duo = &doctor->gateway->config.duo;

    if (!is_used(doctor))
        return;
    if (duo->listen[0])
        doctor_ok(doctor, "", "OIN %s at %s, notifies us at %s", duo->oin, duo->base,
                  duo->listen);
    else
        doctor_warn(doctor, "", "set [duo] listen, and tell DUO where it is",
                    "OIN %s at %s; it cannot notify us: [duo] listen is empty", duo->oin,
                    duo->base);
}

/* --- really there ---------------------------------------------------------------------------
 */

static const char *advice(const struct fault *fault)
{
    if (fault->code == FAULT_IDENTITY)
        return "[duo] oin or base is wrong, or somebody else is there: ask DUO";
    if (fault->code == FAULT_UNREACHABLE)
        return "see duo.trust, duo.crl; else [duo] base, and Diginetwork: does the firewall "
               "let us "
               "out?";
    return "it is tried again by itself; when it stays, ask DUO, with the time and our OIN";
}

void doctor_duo_connect(struct doctor *doctor)
{
    static const struct duo_address NOBODY = { "", "", "" };
    SCOPED_DUO_EXCHANGE struct duo_exchange exchange = {
        .operation = duo_operation_named("verlengingsgronden.lezen"), .address = &NOBODY
    };
    struct fault fault = { 0 };
    char id[UUID_SIZE];

    if (!is_used(doctor))
        return;
    if (!doctor->gateway->store) {
        doctor_skip(doctor, "", "the daemon asks, when it runs");
        return;
    }
    struct deliver *line = duo_exchange_line(&doctor->gateway->config);
    uuid_v4(id);
    exchange.id = id;
    bool good = duo_exchange_run(doctor->gateway, line, &exchange, &fault);
    deliver_destroy(line);
    if (good && exchange.outcome.settling == DUO_DELIVERED)
        doctor_ok(doctor, "", "answers, with its OIN; %s %s",
                  duo_api_name(exchange.operation->api), exchange.version);
    else if (good)
        doctor_fail(doctor, "", "ask DUO whether our OIN is authorised", "%s",
                    exchange.outcome.says);
    else
        doctor_fail(doctor, "", advice(&fault), "%s", fault.text);
}
