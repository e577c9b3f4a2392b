// clang-format off
/* control -- the local bus: how the command line, the console and client systems drive the
 * daemon.
 *
 * nng REQ/REP on run/control.sock. A request is one JSON object
 *     {"v":1, "id":UUID, "do":NAME, "with":{...arguments}}
 * and its answer one of
 *     {"v":1, "id":UUID, "ok":true,  "result":{...}}
 *     {"v":1, "id":UUID, "ok":false, "fault":{"code":NAME,"text":TEXT,"action":TEXT}}
 * code is a fault name (base/fault.h). nng sends a request again when a connection was lost,
 * so a request that changes something is answered from the record when its id was seen before:
 * the record is written in the same transaction as the change. Files travel in pieces of at
 * most 1 MiB, base64, never as a path. Only root and the daemon's own user are served; the
 * kernel tells who asks (NNG_OPT_IPC_PEER_UID). Unknown arguments are refused. "with" may be
 * left out when there are none. CONTROL_REQUESTS in control.c is the one list of all requests:
 *
 *   name               arguments            result
 *   status             -                    version oin naam omgeving gemeentecodes[] endpoint
 *                                           listening(port) duo_listening(port, when there is
 *                                           one) started(moment) start_ms(exec to listening)
 *                                           rss_kib peers{state:n} outbox{state:n}
 *                                           overdrachten{"rol state":n}
 *                                           certificates[{doel tot dagen}] alarms[{id text}]
 *   doctor             [gemeente]           checks[{id verdict(OK|WARN|FAIL) subject why
 *                                           action}]: of that peer (temporary: another is
 *                                           being examined), else of the daemon and its
 *                                           store, and peers[{oin naam}]
 *   reload             -                    anchor intermediate crl peers (counts of what was
 *                                           read) level(of the log)
 *   peer.card          -                    card(base64) fingerprint(hex) geldig_tot
 *   peer.add           card fingerprint     oin naam state fingerprint
 *   peer.list          -                    peers[{oin naam gemeentecodes[] state omgeving
 *                                           endpoint geldig_tot fingerprint}]
 *   peer.show          gemeente             the same and failures, certificates[{doel
 *                                           fingerprint sleutel tot}]
 *   peer.ping          gemeente             oin naam state milliseconds bericht
 *   peer.state         gemeente to          oin naam state; to: actief, geschorst, verwijderd
 *   upload             file(UUID) offset    size held so far; forgotten after an hour
 *                      data(base64)
 *   document.add       file(UUID) offset    size held so far; a document to go along,
 *                      data(base64) [naam]  encrypted as it comes; forgotten after an hour
 *   document.read      id document offset   data size sha256: a document of a dossier, by its
 *                                           id there; offset a multiple of 16
 *   overdracht.send    file to [from]       overdracht bericht size verzegeld canoniek
 *                      [documents]          ontvanger{oin naam gemeentecode} documenten[{id
 *                      [reply_to]           naam mediatype omvang sha256}]; documents: UUIDs
 *                                           of document.add, with blanks between; reply_to:
 *                                           the id of a handover that asks for it
 *   overdracht.preview the same             what would leave and to whom, and nothing leaves:
 *                                           the same without ids and digests, and bericht(XML
 *                                           without signature) endpoint certificaat(of the
 *                                           peer, for sealing); the documents are forgotten
 *   overdracht.list    [attention]          overdrachten[{id rol state peer{oin naam}
 *                                           gemeentecode gemeente oorzaak vestiging na naam
 *                                           geboortedatum created changed reden taken
 *                                           uiterlijk}]; taken: open tasks. attention: only
 *                                           what waits, and aandacht[{overdracht wat wie
 *                                           uiterlijk laat doen taak? naam rol state peer ..}]
 *   overdracht.show    id                   the same and messages[{richting(in|uit) id soort
 *                                           state at verzegeld canoniek ondertekenaar
 *                                           ontvangstbevestiging{tijd uitkomst code tekst
 *                                           betekenis ondertekenaar} weigering{code betekenis
 *                                           onderdelen[] toelichting} verzoek{bsn vnummer naam
 *                                           geboortedatum grond betekenis vestiging pip
 *                                           toelichting} afwijzing{code betekenis gemeentecode
 *                                           gemeente verwachtOp toelichting}}] audit[{seq at
 *                                           actor action detail}]; weigering, verzoek and
 *                                           afwijzing with contactpersoon{naam telefoon email}
 *                                           taken[as taak.list] duo[{id operatie state at
 *                                           settled attempts reason verzonden status woorden
 *                                           antwoord}]
 *   overdracht.accept  id [push] [file]     overdracht state bericht peer{oin naam}; push:
 *                      [dagtekening]        meldingen[as duo.push], reported in one decision
 *   overdracht.refuse  id code [parts]      the same and reden; parts: names with blanks
 *                      [text] [to]          between; text: the toelichting; with a code of a
 *                      [expected]           verzoekafwijzing the request is refused: to
 *                                           (gemeente), expected (date) where they belong
 *   overdracht.request gemeente [bsn]       overdracht state bericht("": it had been asked
 *                      [vnummer] [from]     already) peer{oin naam} gemeentecode; gemeente is
 *                      [reason] [settled]   asked, from is ours; settled YYYY-MM-DD, pip
 *                      [pip] [text]
 *   overdracht.file    id what offset       data size; what: bericht, dossier,
 *                                           ontvangstbevestiging, verzegeld
 *   blokkade.*, duo.*, taak.*   see call.h
 *   outbox.list        -                    outbox[{id overdracht soort peer{oin naam} state
 *                                           attempts created expires next_try settled reason
 *                                           betekenis}]
 *   outbox.show        id                   the same and verzegeld canoniek size settled_by
 *                                           receipt(text), of DUO instead duo{status
 *                                           version fouttekst [answer]}
 *   outbox.retry       id                   id state
 *   outbox.cancel      id                   id state overdracht soort peer{oin naam} attempts;
 *                                           with attempts it may have arrived all the same
 *
 * id is a whole handover or message id or a unique beginning of one (at least 4 characters).
 * Times are moments ("2026-11-23T18:05:00Z"). gemeente is a gemeentecode, an OIN or a name.
 */
// clang-format on
#ifndef GATEWAY_CONTROL_H
#define GATEWAY_CONTROL_H

#include <stdbool.h>

#include <jansson.h>

#include "codecs/base/fault.h"

#define CONTROL_VERSION 1
#define CONTROL_PIECE_MAX (1u << 20)
#define CONTROL_MESSAGE_MAX (2u << 20)

struct gateway;
struct control;

bool control_start(struct gateway *gateway, struct control **control,
                   struct fault *fault) MUST_CHECK;
void control_tend(struct control *control); /* listens anew when it has gone deaf */
void control_stop(struct control *control);

#endif
