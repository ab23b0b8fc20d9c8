// SPDX-License-Identifier: LGPL-2.1-or-later
// node check.js REPORT FOLDER: looks at a report in Chromium, at two widths, light and dark, with and
// without its script. FOLDER holds node_modules and gets the pictures. TAP.
'use strict';
const [report, folder] = process.argv.slice(2);
const { chromium } = require(folder + '/node_modules/playwright-core');
const axe = require.resolve(folder + '/node_modules/axe-core/axe.min.js');
let tests = 0;

function ok(good, name, why) {
  console.log(`${good ? 'ok' : 'not ok'} ${++tests} - ${name}`);
  if (!good) {
    console.log('# ' + String(why).replace(/\n/g, '\n# '));
    process.exitCode = 1;
  }
}

async function shown(page) {
  return page.locator('.domain:visible').count();
}

async function look(browser, width, scheme, script) {
  const name = `${width} pixels, ${scheme}, ${script ? 'with' : 'without'} script`;
  const context = await browser.newContext({ viewport: { width, height: 900 }, colorScheme: scheme,
    javaScriptEnabled: script });
  const page = await context.newPage();
  const said = [];
  page.on('console', m => said.push(m.text()));
  page.on('pageerror', e => said.push(e.message));
  page.on('request', r => r.url().startsWith('file:') || said.push(r.url()));
  await page.goto('file://' + report);
  const all = await shown(page);
  ok(all > 0, `${name}: there are domains`, all);
  await page.locator('.domain.change > summary').first().click();
  if (script) await page.screenshot({ path: `${folder}/report-${width}-${scheme}.png` });

  await page.uncheck('#show-complete');
  const rest = await shown(page);
  ok(rest > 0 && rest < all, `${name}: the complete ones can be hidden`, rest);
  await page.check('#show-complete');
  if (script) {
    await page.fill('#search', 'GAMING 01:00.1');
    const found = await shown(page);
    ok(found > 0 && found < all, `${name}: the search finds some`, found);
    await page.fill('#search', 'no such domain');
    ok(await shown(page) === 0 && await page.locator('#none').innerText() !== '',
      `${name}: and says when it finds none`, await shown(page));
    await page.fill('#search', '');
    await page.click('#open');
    await page.addScriptTag({ path: axe });
    const found_by_axe = await page.evaluate(async () => (await axe.run()).violations.map(
      v => `${v.id}: ${v.help}: ${v.nodes[0].html.slice(0, 200)}`));
    ok(found_by_axe.length === 0, `${name}: axe finds nothing`, found_by_axe.join('\n'));
  } else {
    await page.locator('.domain.change > summary').nth(1).focus();
    await page.keyboard.press('Enter');
    ok(await page.locator('.domain.change .group').nth(1).isVisible(),
      `${name}: the keyboard opens a domain`, 'it stays closed');
  }
  const wide = await page.evaluate(() => document.documentElement.scrollWidth);
  ok(wide <= width, `${name}: nothing is wider than the window`, wide);
  ok(said.length === 0, `${name}: no error, no request`, said.join('\n'));
  await context.close();
}

(async () => {
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--no-first-run'] });
  for (const width of [1280, 400])
    for (const scheme of ['light', 'dark'])
      for (const script of [true, false])
        await look(browser, width, scheme, script);
  await browser.close();
  console.log(`1..${tests}`);
})();
