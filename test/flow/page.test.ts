import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import t from 'tap';
import { NO_CHROMIUM, openBrowser } from '../support/chromium.ts';
import { startGateway } from '../support/gateway.ts';

t.setTimeout(600_000);

// as text, because they run in the browser
const FITS = 'document.documentElement.scrollWidth <= innerWidth';
const GROUND = 'getComputedStyle(document.body).backgroundColor';

const gateway = await startGateway(t);

t.test('the page at / and the admin API at /docs', { skip: NO_CHROMIUM }, async (t) => {
  const browser = await openBrowser(t);
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const path of ['/', '/docs']) {
      const page = await browser.newPage({ colorScheme, viewport: { width: 1000, height: 1300 } });
      const complaints: string[] = [];
      page.on('console', (message) => complaints.push(message.text()));
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('requestfailed', (request) => complaints.push(request.url()));
      const response = await page.goto(gateway.origin + path);
      t.equal(response?.status(), 200);
      t.match(await page.title(), /Sluice/);
      t.strictSame(complaints, [], `${path} in ${colorScheme}: nothing on the console`);
      t.ok(await page.evaluate(FITS), 'nothing runs out of the window');
      await page.setViewportSize({ width: 380, height: 800 });
      t.ok(await page.evaluate(FITS), 'nor on a phone');
      await page.close();
    }
  }
});

t.test(
  'the policy of the page forbids scripts, foreign styles and frames',
  { skip: NO_CHROMIUM },
  async (t) => {
    const browser = await openBrowser(t);
    const page = await browser.newPage();
    const refused: string[] = [];
    page.on('console', (message) => refused.push(message.text()));
    await page.goto(gateway.origin);
    const before = await page.evaluate(GROUND);
    await page.evaluate(`
    const script = document.createElement('script');
    script.textContent = 'document.title = "injected"';
    const style = document.createElement('style');
    style.textContent = 'body { background: red !important }';
    document.body.append(script, style);
  `);
    t.equal(await page.title(), 'Sluice');
    t.equal(await page.evaluate(GROUND), before);
    t.ok(
      refused.length >= 2 && refused.every((text) => /Content Security Policy/.test(text)),
      refused.join('\n'),
    );
  },
);

t.test('every link answers', async (t) => {
  const html = await (await fetch(gateway.origin)).text();
  const links = [...html.matchAll(/<a href="([^"]+)"/g)].map(([, link]) => link ?? '');
  t.ok(links.length >= 5);
  for (const link of links) {
    const response = await fetch(new URL(link, gateway.origin));
    t.equal(response.status, 200, link);
    await response.arrayBuffer();
  }
});

t.test('the call that the page shows works as pasted', async (t) => {
  const html = await (await fetch(gateway.origin)).text();
  const shown = /<pre id="curl">([^<]+)<\/pre>/.exec(html)?.[1] ?? '';
  const command = shown.replace(/&#(\d+);/g, (_all, code) => String.fromCharCode(Number(code)));
  const { stdout } = await promisify(execFile)('sh', ['-c', command.replace('slk_...', gateway.key)]);
  t.match(JSON.parse(stdout), { object: 'chat.completion', choices: [{ message: { role: 'assistant' } }] });
});
