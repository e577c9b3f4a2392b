// tell -- tells our listener what DUO never would; its answers must still be DUO's.
//
// usage: node tell.mjs SETTINGS.json OUT     SETTINGS: of the tap before the listener (tap.mjs)
//
// Each exchange becomes a file of OUT, with a request that is in order instead of the one that
// was sent: what conform.mjs then judges is the answer. exit: 0 every status is as expected.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import https from 'node:https';
import { join } from 'node:path';

const { client, target } = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const out = process.argv[3];
const BODY = '{"registratieDatumTijd":"2026-01-05T10:00:00Z","bsn":"999990019","gebeurtenisId":"SS199"}';
const HEADERS = {
    bron: '00000004000000044000', doel: '00000001002220647000',
    berichtId: '0f8fad5b-d9cb-469f-a165-70867728950e', 'Content-Type': 'application/json',
};

// In this order: the first is stored, and the last uses its berichtId for something else.
const CASES = [
    ['in order', {}, BODY, 201],
    ['again', {}, BODY, 201],
    ['without bron', { bron: null }, BODY, 400],
    ['without berichtId', { berichtId: null }, BODY, 400],
    ['a berichtId that is none', { berichtId: 'x' }, BODY, 400],
    ['from another', { bron: '00000004000000045000' }, BODY, 403],
    ['to another', { doel: '00000001002220648000' }, BODY, 403],
    ['no JSON', {}, BODY.slice(1), 400],
    ['without a code', {}, BODY.replace('gebeurtenisId', 'gebeurtenis'), 400],
    ['a code that is none', {}, BODY.replace('SS199', 'ss-199'), 400],
    ['other content', {}, BODY.replace('SS199', 'SS198'), 400],
];

function post(headers, body) {
    const { hostname, port } = new URL(target);
    const identity = Object.fromEntries(['key', 'cert', 'ca'].map((name) => [name, readFileSync(client[name])]));

    return new Promise((resolve, reject) => {
        https.request({
            host: hostname, port, method: 'POST', path: '/v1/notificaties', agent: false, headers,
            ...identity, checkServerIdentity: () => {},
        }, (answer) => {
            let text = '';
            answer.setEncoding('utf8').on('data', (piece) => { text += piece; })
                .on('end', () => resolve({ status: answer.statusCode, raw: answer.rawHeaders, body: text }));
        }).on('error', reject).end(body);
    });
}

async function tell([what, changes, body, expected], number) {
    const headers = Object.entries({ ...HEADERS, ...changes }).filter(([, value]) => value !== null);
    const { status, raw, body: text } = await post(
        { ...Object.fromEntries(headers), 'Content-Length': Buffer.byteLength(body) }, body);

    writeFileSync(join(out, `answer-${String(number).padStart(4, '0')}.json`), JSON.stringify({
        method: 'POST', path: '/v1/notificaties', request: { headers: Object.entries(HEADERS), body: BODY },
        response: {
            status, body: text,
            headers: raw.flatMap((name, i) => i % 2 === 0 ? [[name, raw[i + 1]]] : []),
        },
    }, null, 2));
    if (status === expected)
        return 0;
    console.log(`${what}: ${status}, not ${expected}`);
    return 1;
}

mkdirSync(out, { recursive: true });
let failures = 0;
for (const [number, one] of CASES.entries())
    failures += await tell(one, number);
process.exitCode = failures > 0 ? 1 : 0;
