/* supplier -- see supplier.h. */
#include "gateway/supplier.h"

#include "gateway/aanlevering_commando.h"
#include "gateway/aanlevering_map.h"
#include "gateway/aanlevering_send.h"
#include "gateway/aflevering_run.h"
#include "gateway/gateway.h"
#include "gateway/helper.h"
#include "gateway/rounds.h"

/* In the order in which one look carries a dossier furthest. */
/* clang-format off */
static const struct round_step STEPS[] = {
    { "dossiers in the folder",       aanlevering_map_look },
    { "dossiers of the command",      aanlevering_commando_run },
    { "dossiers that may go",         aanlevering_send_ready },
    { "dossiers for our own system",  aflevering_run },
};
/* clang-format on */

static const struct round_plan PLAN = {
    .who = "supplier",
    .seconds = 5, /* nobody tells us of a new file */
    .steps = STEPS,
    .count = sizeof(STEPS) / sizeof(STEPS[0]),
};

struct rounds *supplier_create(struct gateway *gateway)
{
    return rounds_create(gateway, &PLAN);
}

void supplier_wake(struct gateway *gateway)
{
    rounds_wake(gateway->supplier);
}

void supplier_stop(struct gateway *gateway)
{
    if (!gateway->supplier)
        return;
    rounds_end(gateway->supplier);
    helper_interrupt(gateway->helper);
    rounds_stop(gateway->supplier);
}
