"""How pages and their plots look: one sheet, in light, in dark and on paper.

Neither quotes nor ``<``, ``>`` and ``&`` occur in it, so that HTML and XML read it alike. The
colours of the series are those of Okabe and Ito (2008), which stay apart for the colour-blind;
series differ in their dashes too.
"""

from __future__ import annotations

STYLE = """
:root { color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --faint: #59636e; --line: #d1d9e0; --band: #f6f8fa;
  --series-1: #0072b2; --series-2: #d55e00; --series-3: #00855f; --series-4: #a8508a; }
@media screen and (prefers-color-scheme: dark) { :root {
  --page: #0d1117; --text: #e6edf3; --faint: #9198a1; --line: #3d444d; --band: #161b22;
  --series-1: #56b4e9; --series-2: #f0915a; --series-3: #2fc295; --series-4: #dd9ec6; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1.5rem; max-width: 66rem; background: var(--page);
  color: var(--text); font: 1rem/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.3rem; margin: 2.5rem 0 .75rem; border-bottom: 1px solid var(--line); }
p { max-width: 46rem; margin: .75rem 0; }
.table { overflow-x: auto; margin: 1rem 0; }
table { min-width: min(24rem, 100%); border-collapse: collapse; font-size: .9rem;
  font-variant-numeric: tabular-nums; }
caption, figcaption { text-align: left; color: var(--faint); font-size: .875rem; }
caption { padding-bottom: .4rem; }
th, td { padding: .25rem .75rem; text-align: left;
  vertical-align: top; border-bottom: 1px solid var(--line);
  unicode-bidi: isolate; white-space: pre-wrap; }
thead th { background: var(--band); vertical-align: bottom; }
tbody th { font-weight: normal; }
th.number, td.number { text-align: right; white-space: nowrap; }
thead th.number { white-space: normal; }
.figures { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr));
  gap: 1.5rem; margin: 1.5rem 0; align-items: start; }
figure { margin: 0; break-inside: avoid; }
svg { display: block; width: 100%; height: auto; max-width: 36rem; }
svg text { font: 12px system-ui, sans-serif; fill: var(--text); }
svg .tick { fill: var(--faint); font-size: 11px; font-variant-numeric: tabular-nums; }
svg .middle { text-anchor: middle; }
svg .end { text-anchor: end; }
svg .grid { stroke: var(--line); stroke-width: 1; }
svg .axis { fill: none; stroke: var(--faint); stroke-width: 1; }
svg .reference { fill: none; stroke: var(--faint); stroke-width: 1.5; stroke-dasharray: 2 4; }
svg .curve { fill: none; stroke-width: 2; stroke-linejoin: round; }
svg .stroke-1 { stroke: var(--series-1); }
svg .stroke-2 { stroke: var(--series-2); stroke-dasharray: 7 3; }
svg .stroke-3 { stroke: var(--series-3); stroke-dasharray: 2 2; }
svg .stroke-4 { stroke: var(--series-4); stroke-dasharray: 9 3 2 3; }
svg .fill-1 { fill: var(--series-1); }
svg .fill-2 { fill: var(--series-2); }
svg .fill-3 { fill: var(--series-3); }
svg .fill-4 { fill: var(--series-4); }
svg .dot { fill-opacity: .55; }
@media print { body { max-width: none; padding: 0; font-size: 10pt; }
  h2, caption { break-after: avoid; } tr { break-inside: avoid; } .table { overflow-x: visible; }
  * { print-color-adjust: exact; } }
"""
"""The style sheet; the classes of the plots begin with ``svg``."""

MOST_SERIES = 4
"""Series that the sheet has colours for."""
