// SPDX-License-Identifier: LGPL-2.1-or-later
'use strict';
const domains = [...document.querySelectorAll('.domain')];
const search = document.getElementById('search');
const open = document.getElementById('open');
const host = d => d.closest('.host').querySelector('h2').textContent;
const texts = domains.map(d => (host(d) + ' ' + d.textContent).toLowerCase());
function find() {
  const words = search.value.toLowerCase().split(/\s+/);
  let found = 0;
  domains.forEach((d, i) => {
    d.hidden = !words.every(w => texts[i].includes(w));
    found += d.hidden ? 0 : 1;
  });
  document.querySelectorAll('.host').forEach(
    h => { h.hidden = !h.querySelector('.domain:not([hidden])'); });
  document.getElementById('none').textContent = found ? '' : 'No domain has these words.';
}
function openAll(yes) {
  document.querySelectorAll('.domain').forEach(d => { d.open = yes; });
  open.textContent = yes ? 'Close all' : 'Open all';
}
document.getElementById('tools').hidden = false;
search.addEventListener('input', find);
open.addEventListener('click', () => openAll(open.textContent === 'Open all'));
addEventListener('beforeprint', () => openAll(true));
