/* handle_kaart -- see handle_kaart.h. Who may ask was settled by route_admit(). */
#include "gateway/handle_kaart.h"

#include "gateway/own_card.h"
#include "gateway/route.h"

void handle_kaart(void *context, const struct listen_request *request,
                  struct listen_answer *answer)
{
    struct digest fingerprint;
    struct fault fault = { 0 };
    time_t geldig_tot;

    if (!own_card_make(context, &answer->body, &fingerprint, &geldig_tot, &fault)) {
        route_refuse(request->address, &fault, answer);
        return;
    }
    answer->status = 200;
    answer->content_type = "application/xml";
}
