// tap -- stands in the line between two ends, passes everything on and keeps what passed.
//
// usage: node tap.mjs SETTINGS.json
//   { "server": { "key", "cert", "ca" },   files: who we are to the caller, whom we take
//     "client": { "key", "cert", "ca" },   files: who we are to the other end; absent: plain HTTP
//     "target": "https://127.0.0.1:1234",  the other end
//     "folder": "DIR" }                    where each exchange becomes a JSON file (conform.mjs)
//
// Listens on a free port of 127.0.0.1 and says it on standard output: "port N". Speaks TLS to
// the caller, whose certificate it asks. Ends when standard input does. Certificates of tests
// name no host: an end is who its certificate says, which is for the two ends to judge.
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import { basename, join } from 'node:path';

const settings = JSON.parse(readFileSync(process.argv[2], 'utf8'));
let count = 0;

function identity({ key, cert, ca }) {
    return { key: readFileSync(key), cert: readFileSync(cert), ca: readFileSync(ca) };
}

function pairs(raw) {
    return raw.flatMap((name, i) => i % 2 === 0 ? [[name, raw[i + 1]]] : []);
}

async function body_of(message) {
    const pieces = [];

    for await (const piece of message)
        pieces.push(piece);
    return Buffer.concat(pieces);
}

// Under another name first: who looks finds whole files.
function keep(exchange) {
    const name = `${basename(settings.folder)}-${String(++count).padStart(4, '0')}.json`;

    writeFileSync(join(settings.folder, `.${name}`), JSON.stringify(exchange, null, 2));
    renameSync(join(settings.folder, `.${name}`), join(settings.folder, name));
}

// Headers as they came, but for those of one connection.
function passed_on(raw) {
    return pairs(raw).filter(([name]) =>
        !['connection', 'keep-alive', 'transfer-encoding', 'content-length', 'date', 'expect']
            .includes(name.toLowerCase())).flat();
}

function ask(request, body) {
    const target = new URL(settings.target);
    const client = settings.client ? { ...identity(settings.client), checkServerIdentity: () => {} } : {};
    const size = body.length > 0 || request.headers['content-length'] ? ['Content-Length', String(body.length)] : [];

    return new Promise((resolve, reject) => {
        (settings.client ? https : http).request({
            host: target.hostname, port: target.port, method: request.method, path: request.url,
            headers: [...passed_on(request.rawHeaders), ...size], agent: false, ...client,
        }, resolve).on('error', reject).end(body);
    });
}

async function serve(request, response) {
    const asked = await body_of(request), answer = await ask(request, asked);
    const told = await body_of(answer);

    keep({
        method: request.method, path: request.url,
        request: { headers: pairs(request.rawHeaders), body: asked.toString('utf8') },
        response: { status: answer.statusCode, headers: pairs(answer.rawHeaders), body: told.toString('utf8') },
    });
    response.writeHead(answer.statusCode, passed_on(answer.rawHeaders));
    response.end(told);
}

const server = https.createServer({
    ...identity(settings.server), requestCert: true, rejectUnauthorized: true,
}, (request, response) => serve(request, response).catch((error) => {
    console.error(`tap: ${error.message}`);
    response.destroy();
}));

server.listen(0, '127.0.0.1', () => console.log(`port ${server.address().port}`));
process.stdin.resume().on('end', () => process.exit(0));
