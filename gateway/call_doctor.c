/* call_doctor -- the part of the doctor's work that only the daemon can do while it runs.
 *
 * A request examines one peer, so that its answer comes within seconds, and one peer at a time
 * is examined: whoever waits for a peer that does not answer holds one thread of the bus,
 * never all of them.
 */
#include <stdatomic.h>

#include "gateway/call.h"
#include "gateway/describe.h"
#include "gateway/doctor.h"

static atomic_flag examining = ATOMIC_FLAG_INIT;

static void add_finding(void *context, const struct doctor_finding *finding)
{
    json_array_append_new(context, describe_finding(finding));
}

static void add_peer(void *context, const struct peer *peer)
{
    json_array_append_new(
        context, json_pack("{s:s, s:s}", "oin", peer->card.oin, "naam", peer->card.naam));
}

static json_t *list_in(struct call *call, const char *name)
{
    json_t *list = json_array();

    json_object_set_new(call->result, name, list);
    return list;
}

static void look_at_home(struct call *call)
{
    struct doctor doctor;

    doctor_attend(&doctor, call->gateway, add_finding, list_in(call, "checks"));
    doctor_run(&doctor, DOCTOR_DAEMON);
    doctor_run(&doctor, DOCTOR_STORE);
    doctor_leave(&doctor);
    registry_list(call->gateway->registry, add_peer, list_in(call, "peers"));
}

static void look_at_peer(struct call *call, const struct peer *peer)
{
    struct doctor doctor;

    doctor_attend(&doctor, call->gateway, add_finding, list_in(call, "checks"));
    doctor_examine(&doctor, peer);
    doctor_leave(&doctor);
}

bool call_doctor(struct call *call, struct fault *fault)
{
    SCOPED_PEER struct peer *peer = NULL;
    const char *gemeente = call_text(call, "gemeente");

    if (!gemeente[0]) {
        look_at_home(call);
        return true;
    }
    if (!registry_find(call->gateway->registry, gemeente, &peer, fault))
        return false;
    if (atomic_flag_test_and_set(&examining))
        return fault_set(fault, FAULT_TEMPORARY, "another peer is being examined");
    look_at_peer(call, peer);
    atomic_flag_clear(&examining);
    return true;
}
