/** The report's own style: no font, image or script from anywhere; light and dark by the reader's setting. */
export const STYLES = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1b1f24;--mut:#57606a;--line:#d5dae0;--card:#f6f8fa;--bad:#b3202a;--badbg:#fdeeee;--good:#12693a;--goodbg:#e9f6ee;--warn:#7d5200;--warnbg:#fff6e0;--expand:#8aa4d6;--deploy:#9d8ad6;--backfill:#6fb3a8;--switch:#d6958a;--contract:#c9b36a;--p99:#2458b8;--p50:#7a8fb8;--v0:#7a8fb8;--v1:#2458b8;--v2:#3d8f80;--v3:#8a5fb0;--v4:#b0793d;--v5:#5a6570}
@media(prefers-color-scheme:dark){:root{--bg:#101418;--fg:#e4e8ec;--mut:#9aa4af;--line:#2d343c;--card:#181d23;--bad:#ff8a87;--badbg:#2c1719;--good:#6cd39a;--goodbg:#12261b;--warn:#e2b04d;--warnbg:#2a2212;--p99:#7fa8f5;--p50:#5d76a8;--v0:#5d76a8;--v1:#7fa8f5;--v2:#6fc3b4;--v3:#b794d8;--v4:#d9a56c;--v5:#8a96a3}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
main{max-width:1080px;margin:0 auto;padding:28px 24px 80px}
h1{font-size:20px;margin:0;font-weight:650}
h2{font-size:16px;margin:40px 0 10px;font-weight:650}
h3{font-size:13px;margin:0 0 4px;color:var(--mut);font-weight:600}
p{margin:.4em 0}
.mut{color:var(--mut)}
.small{font-size:13px}
code,pre,.num{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:13px}
code{overflow-wrap:anywhere}
.num{font-variant-numeric:tabular-nums;overflow-wrap:anywhere}
header{display:flex;justify-content:space-between;gap:8px 20px;flex-wrap:wrap;align-items:baseline;border-bottom:1px solid var(--line);padding-bottom:12px}
.verdict{margin:20px 0;padding:20px 22px;border-radius:10px;border-left:6px solid}
.verdict.fail{background:var(--badbg);border-color:var(--bad)}
.verdict.pass{background:var(--goodbg);border-color:var(--good)}
.verdict.inconclusive{background:var(--warnbg);border-color:var(--warn)}
.word{font-size:26px;letter-spacing:.02em;line-height:1.2;font-weight:700}
.fail .word{color:var(--bad)}
.pass .word{color:var(--good)}
.inconclusive .word{color:var(--warn)}
.lead{font-size:17px;max-width:76ch;overflow-wrap:anywhere}
.two{display:grid;grid-template-columns:1fr 1fr;gap:14px;margin-top:14px}
.two>*{min-width:0}
pre{background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:10px 12px;margin:4px 0;overflow:auto;line-height:1.45;max-height:26em}
.tiles{display:grid;grid-template-columns:repeat(6,1fr);gap:10px}
.tile{background:var(--card);border-radius:8px;padding:12px 14px;min-width:0}
.tile b{display:block;font-size:21px;line-height:1.35;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile span{display:block;color:var(--mut);font-size:12.5px;line-height:1.3}
.tile.bad b{color:var(--bad)}
.tile.good b{color:var(--good)}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{font-size:12.5px;color:var(--mut);font-weight:600;vertical-align:bottom}
tbody th{font-weight:550}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
tr.hit td,tr.hit th{background:var(--badbg)}
td.m{font-size:13px;color:var(--mut)}
td.m .dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:7px;border:2px solid var(--good)}
td.m.live{background:var(--goodbg);color:var(--fg)}
td.m.live .dot{background:var(--good)}
td.m.no .dot{border:0;height:2px;border-radius:0;background:var(--mut);vertical-align:4px}
td.m.no.live{background:var(--badbg);color:var(--bad)}
td.m.no.live .dot{background:var(--bad)}
.s-fail{color:var(--bad);font-weight:600}
.s-pass{color:var(--good)}
.s-warn,.s-inconclusive{color:var(--warn);font-weight:600}
.chart{width:100%;height:auto;display:block}
.plot{min-width:700px}
.t{font:11.5px system-ui,sans-serif;fill:var(--mut)}
.t.s{font-weight:600}
.t.bad{fill:var(--bad);font-weight:600;font-size:12.5px}
.t.b{fill:var(--bad)}
.t.in{fill:var(--fg)}
.halo{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
.g{stroke:var(--line)}
.budget{stroke:var(--bad);stroke-dasharray:5 4}
.p99{fill:none;stroke:var(--p99);stroke-width:1.6}
.p50{fill:none;stroke:var(--p50);stroke-width:1.3}
.lk{fill:var(--backfill)}
.lk.amber{fill:var(--warn)}
.lk.red{fill:var(--bad)}
.lk.wait{opacity:.4}
.err{fill:var(--bad)}
.bf{fill:var(--backfill);opacity:.75}
.pause{fill:var(--warn);opacity:.35}
.lag{fill:none;stroke:var(--v3);stroke-width:1.4}
.legend{display:flex;gap:4px 18px;flex-wrap:wrap;font-size:12.5px;color:var(--mut);margin:6px 0 0}
.legend i{display:inline-block;width:16px;height:8px;border-radius:2px;vertical-align:middle;margin-right:6px}
.legend i.line{height:3px}
details{border-bottom:1px solid var(--line);padding:8px 0}
summary{cursor:pointer;font-weight:550}
details>div{margin:8px 0}
ul{margin:.4em 0;padding-left:20px}
li{overflow-wrap:anywhere;margin:.2em 0}
dl{display:grid;grid-template-columns:max-content 1fr;gap:4px 18px;margin:0}
dt{color:var(--mut)}
dd{margin:0;min-width:0;overflow-wrap:anywhere}
@media(max-width:900px){.tiles{grid-template-columns:repeat(3,1fr)}}
@media(max-width:720px){.two{grid-template-columns:1fr}main{padding:20px 14px 60px}}
@media(max-width:480px){.tiles{grid-template-columns:1fr 1fr}.verdict{padding:16px 14px}dl{grid-template-columns:1fr}dt{margin-top:6px}}
@media print{body{font-size:11pt}main{max-width:none;padding:0}details{break-inside:avoid}.scroll{overflow:visible}}
`;
