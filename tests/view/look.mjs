// look -- opens pages of dossiers in a headless Chromium, as people will, and judges them.
//
// usage: node look.mjs AXE OUT PAGE...    AXE: axe.min.js; OUT: a folder for what was seen
//
// Of each page, on a desk (1280) and on a telephone (360): no violation that axe-core finds, no
// sideways scrolling, nothing fetched, nothing run, nothing that the page's own policy refused,
// and no element, attribute or link but the few that a page is made of. A picture of each and a
// printed PDF stay in OUT. Talks to Chromium over a pipe, so that it needs no package for that.
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';

const WIDTHS = { desk: 1280, telephone: 360 };
const ELEMENTS = ['html', 'head', 'meta', 'title', 'style', 'body', 'a', 'p', 'span', 'bdi',
    'header', 'h1', 'h2', 'h3', 'h4', 'h5', 'h6', 'nav', 'ul', 'li', 'main', 'section', 'div',
    'dl', 'dt', 'dd', 'table', 'caption', 'thead', 'tbody', 'tr', 'th', 'td', 'br', 'strong',
    'details', 'summary', 'progress', 'footer'];
const ATTRIBUTES = ['aria-hidden', 'aria-label', 'aria-labelledby', 'class', 'content',
    'data-label', 'href', 'http-equiv', 'id', 'lang', 'max', 'name', 'role', 'scope', 'tabindex',
    'value'];
const LINK = '^(#[a-z-]+|tel:\\\\+?[0-9]{3,15}|mailto:[A-Za-z0-9._+-]+@[A-Za-z0-9.-]+)$';

const LOOK = `({
    sideways: document.documentElement.scrollWidth > innerWidth,
    styled: getComputedStyle(document.body).lineHeight !== 'normal',
    strange: [...document.querySelectorAll('*')].flatMap((e) => [
        ...(${JSON.stringify(ELEMENTS)}.includes(e.localName) ? [] : [e.localName]),
        ...[...e.attributes].map((a) => a.name)
            .filter((n) => !${JSON.stringify(ATTRIBUTES)}.includes(n)),
        ...(e.localName === 'a' && !new RegExp('${LINK}').test(e.getAttribute('href'))
            ? ['a link elsewhere'] : []),
    ]),
})`;
const AXE = `axe.run(document, { resultTypes: ['violations', 'incomplete'] }).then((r) =>
    r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target.join(' '))))`;

class Browser {
    constructor() {
        this.profile = mkdtempSync(join(tmpdir(), 'look-'));
        this.child = spawn('chromium', ['--headless=new', '--remote-debugging-pipe',
            '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--no-first-run',
            '--hide-scrollbars', '--disable-background-networking',
            `--user-data-dir=${this.profile}`, 'about:blank'],
        { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] });
        this.waiting = new Map();
        this.events = [];
        this.last = 0;
        this.rest = '';
        this.child.stdio[4].setEncoding('utf8').on('data', (piece) => this.take(piece));
    }

    take(piece) {
        const parts = (this.rest + piece).split('\0');

        this.rest = parts.pop();
        for (const message of parts.map((text) => JSON.parse(text))) {
            if (!message.id) {
                this.events.push(message);
                continue;
            }
            const { resolve, reject } = this.waiting.get(message.id);
            this.waiting.delete(message.id);
            message.error ? reject(new Error(message.error.message)) : resolve(message.result);
        }
    }

    ask(method, params = {}, sessionId = undefined) {
        const id = ++this.last;

        this.child.stdio[3].write(JSON.stringify({ id, method, params, sessionId }) + '\0');
        return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
    }

    async event(method) {
        for (let i = 0; i < 600; i++) {
            if (this.events.some((e) => e.method === method))
                return;
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
        throw new Error(`${method} does not come`);
    }

    async close() {
        const ended = new Promise((resolve) => this.child.once('exit', resolve));

        await this.ask('Browser.close').catch(() => {});
        await ended;
        rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 });
    }
}

async function evaluate(tab, expression) {
    const { result, exceptionDetails } = await tab('Runtime.evaluate',
        { expression, awaitPromise: true, returnByValue: true });

    if (exceptionDetails)
        throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
    return result.value;
}

// What it fetched beside itself, and what it was refused.
function complaints(events, url) {
    return [
        ...events.filter((e) => e.method === 'Network.requestWillBeSent'
                && e.params.request.url !== url)
            .map(() => 'it fetches something'),
        ...events.filter((e) => e.method === 'Log.entryAdded')
            .map((e) => `the browser says: ${e.params.entry.text}`),
    ];
}

async function open(browser, tab, url, width) {
    browser.events.length = 0;
    await tab('Emulation.setDeviceMetricsOverride',
        { width, height: 800, deviceScaleFactor: 1, mobile: false });
    await tab('Page.navigate', { url });
    await browser.event('Page.loadEventFired');
}

async function look(browser, tab, url, width, picture) {
    await open(browser, tab, url, width);
    const seen = await evaluate(tab, LOOK);
    const shot = await tab('Page.captureScreenshot', { captureBeyondViewport: true });

    writeFileSync(picture, Buffer.from(shot.data, 'base64'));
    await evaluate(tab, readFileSync(process.argv[2], 'utf8'));
    return [
        ...complaints(browser.events, url),
        ...(seen.sideways ? ['it scrolls sideways'] : []),
        ...(seen.styled ? [] : ['it has no style']),
        ...new Set(seen.strange),
        ...await evaluate(tab, AXE),
    ];
}

async function judge(browser, tab, page, out) {
    const url = pathToFileURL(page).href, name = join(out, basename(page, '.html'));
    let found = 0;

    for (const [what, width] of Object.entries(WIDTHS))
        for (const fault of await look(browser, tab, url, width, `${name}-${what}.png`)) {
            console.log(`${basename(page)} on a ${what}: ${fault}`);
            found++;
        }
    await open(browser, tab, url, WIDTHS.desk);
    const printed = await tab('Page.printToPDF', { preferCSSPageSize: true });
    writeFileSync(`${name}.pdf`, Buffer.from(printed.data, 'base64'));
    return found;
}

async function judge_all(browser, pages, out) {
    const { targetInfos } = await browser.ask('Target.getTargets');
    const { sessionId } = await browser.ask('Target.attachToTarget',
        { targetId: targetInfos.find((t) => t.type === 'page').targetId, flatten: true });
    const tab = (method, params) => browser.ask(method, params, sessionId);
    let found = 0;

    for (const domain of ['Page', 'Network', 'Log', 'Runtime'])
        await tab(`${domain}.enable`);
    for (const page of pages)
        found += await judge(browser, tab, page, out);
    return found;
}

async function main([, , , out, ...pages]) {
    const browser = new Browser();

    try {
        const found = await judge_all(browser, pages, out);
        console.log(`${pages.length} pages, ${found} findings`);
        return found;
    } finally {
        await browser.close();
    }
}

process.exitCode = await main(process.argv) > 0 ? 1 : 0;
