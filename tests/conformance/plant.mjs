// plant -- every deviation, planted alone in exchanges that are in order, must be found.
//
// usage: node plant.mjs MODULES SPECIFICATIONS
import { judge_exchange } from './exchange.mjs';
import { operations_in } from './specification.mjs';

const HEADERS = [['bron', '00000099000000001000'], ['doel', '00000004000000044000'],
    ['berichtId', '0f8fad5b-d9cb-469f-a165-70867728950e']];
const JSON_TYPE = ['Content-Type', 'application/json'];
const PERSON = '/v1/personen/999990019';

function exchange(method, path, body, status, version, answer = '') {
    return {
        method, path,
        request: { headers: [...HEADERS, ...(body ? [JSON_TYPE] : [])], body },
        response: {
            status, body: answer,
            headers: [['API-Version', version], ...(answer ? [JSON_TYPE] : [])],
        },
    };
}

const GOOD = {
    pip: exchange('POST', `${PERSON}/PIP`, '{"dagtekeningPip":"2026-01-05","leerroute":"B"}', 201, '1.2.0'),
    refused: exchange('POST', `${PERSON}/PIP`, '{"dagtekeningPip":"2026-01-05","leerroute":"B"}', 403, '1.2.0',
        '[{"fouttekst":"nee"}]'),
    gone: exchange('DELETE', `${PERSON}/Inburgeringsaanbod/1000000001`, '', 204, '1.2.0'),
    scores: exchange('GET', `${PERSON}/lbt/resultaten`, '', 200, '1.2.0',
        '[{"resultaat":"Onbekend","behaaldeScore":"41,50","benodigdeScore":"36,00","datumAfname":"2026-01-05"}]'),
    contact: exchange('PUT', '/v1/contactpersonen/12',
        '{"naam":"Zoë d\'Été","email":"a@b.nl","telefoonnummer":"+31 6 12345678"}', 200, '1.0.0'),
    told: exchange('POST', '/v1/notificaties',
        '{"registratieDatumTijd":"2026-01-05T10:00:00Z","bsn":"999990019","gebeurtenisId":"SS121"}', 201, '1.8.0'),
    hours: exchange('PUT', `${PERSON}/uren/participatietaalles`, '{"uren":12}', 200, '1.1.0'),
};

const without = (name) => (one) => {
    for (const side of [one.request, one.response])
        side.headers = side.headers.filter(([own]) => own !== name);
};
const path = (from, to) => (one) => { one.path = one.path.replace(from, to); };
const body = (from, to) => (one) => { one.request.body = one.request.body.replace(from, to); };
const answer = (from, to) => (one) => { one.response.body = one.response.body.replace(from, to); };
const status = (number) => (one) => { one.response.status = number; };
const header = (name, value) => (one) => { one.request.headers.find(([own]) => own === name)[1] = value; };

const PLANTED = [
    ['pip', without('bron'), /header bron is missing/],
    ['pip', without('doel'), /header doel is missing/],
    ['pip', without('berichtId'), /header berichtId is missing/],
    ['pip', header('bron', '0000009900000000100'), /header bron: .* fewer than 20/],
    ['pip', header('doel', '000000990000000010000'), /header doel: .* more than 20/],
    ['pip', header('berichtId', '0f8fad5bd9cb469fa16570867728950e'), /header berichtId: .*uuid/],
    ['pip', (one) => one.request.headers.push(HEADERS[0]), /bron is there more than once/],
    ['pip', without('Content-Type'), /request: Content-Type/],
    ['pip', (one) => { one.request.headers.at(-1)[1] = 'text/json'; }, /request: Content-Type/],
    ['pip', (one) => { one.request.body = ''; }, /request: body is missing/],
    ['pip', body('{', ''), /request: body is not JSON/],
    ['pip', body('"leerroute":"B"', '"leerroute":"B1-route"'), /leerroute must be equal to one of/],
    ['pip', body(',"leerroute":"B"', ''), /required property 'leerroute'/],
    ['pip', body('2026-01-05', '2026-02-30'), /dagtekeningPip must match format "date"/],
    ['pip', body('"B"', '"B","geschatteIntensiteitB1Route":10000'), /must be <= 9999/],
    ['pip', body('"B"', '"B","niveauX":"A2"'), /additional properties/],
    ['pip', path('/PIP', '/pip'), /no such operation/],
    ['pip', path('/v1', '/v2'), /no such operation/],
    ['pip', path('/v1', ''), /no such operation/],
    ['pip', path('999990019', '99999001'), /path bsn: .* fewer than 9/],
    ['pip', (one) => { one.method = 'PUT'; }, /no such operation/],
    ['pip', status(200), /status 200 is not declared/],
    ['pip', without('API-Version'), /API-Version is missing/],
    ['pip', (one) => { one.response.headers[0][1] = '1.2'; }, /API-Version: .*pattern/],
    ['pip', (one) => { one.response.headers[0][1] = '1.1.3'; }, /not the version of the API/],
    ['pip', (one) => { one.response.body = '{}'; }, /answer 201: a body where none is declared/],
    ['refused', answer('nee', 'n'.repeat(201)), /fouttekst must NOT have more than 200/],
    ['refused', answer(/.*/, '{"fouttekst":"nee"}'), /must be array/],
    ['refused', answer('fouttekst', 'tekst'), /required property 'fouttekst'/],
    ['refused', (one) => { one.response.headers.pop(); }, /answer 403: Content-Type/],
    ['gone', status(200), /status 200 is not declared/],
    ['gone', path('1000000001', '100000001'), /path instellingsnummer: .* fewer than 10/],
    ['scores', answer('41,50', '41.50'), /behaaldeScore must match pattern/],
    ['scores', answer('"resultaat":"Onbekend",', ''), /required property 'resultaat'/],
    ['contact', body('Zo', 'Z'.repeat(101)), /naam must NOT have more than 100/],
    ['contact', body('+31 6', 'tel. 6'), /telefoonnummer must match pattern/],
    ['contact', path('/12', '/0'), /path id: /],
    ['contact', path('/12', '/twaalf'), /path id: /],
    ['told', body('T10:00:00Z', ' 10:00'), /registratieDatumTijd must match format/],
    ['told', body('"SS121"', '"ss121"'), /gebeurtenisId must match pattern/],
    ['told', body('"SS121"', '"SS121","vNummer":"0012345678"'), /vNummer must be integer/],
    ['told', status(404), /status 404 is not declared/],
    ['hours', body('12', '12.5'), /uren must be integer/],
    ['hours', body('12', '-1'), /uren must be >= 0/],
];

function main(modules, specifications) {
    const operations = operations_in(specifications, modules);
    let failures = 0;
    const complain = (text) => { console.log(text); failures++; };

    for (const [name, good] of Object.entries(GOOD)) {
        const { faults } = judge_exchange(operations, good);
        if (faults.length > 0)
            complain(`${name} should be in order: ${faults.join('; ')}`);
    }
    for (const [name, plant, expected] of PLANTED) {
        const copy = structuredClone(GOOD[name]);
        plant(copy);
        const said = judge_exchange(operations, copy).faults.join('; ');
        if (!expected.test(said))
            complain(`${name}, ${plant}: ${expected} expected, said '${said}'`);
    }
    console.log(`${PLANTED.length} deviations planted, ${failures} failures`);
    return failures;
}

process.exitCode = main(process.argv[2], process.argv[3]) > 0 ? 1 : 0;
