export const BASE_STYLES = `
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif;-webkit-text-size-adjust:100%}
main{max-width:1080px;margin:0 auto;padding:28px 24px 80px}
h1{font-size:20px;margin:0;font-weight:650;overflow-wrap:anywhere}
h2{font-size:16px;margin:40px 0 10px;font-weight:650}
.sub{font-size:13px;margin:0 0 4px;color:var(--mut);font-weight:600}
p{margin:.4em 0;overflow-wrap:anywhere}
.mut{color:var(--mut)}
.small{font-size:13px}
.strong{font-weight:650}
code,pre,.num{font-family:ui-monospace,"SF Mono",Menlo,Consolas,monospace;font-size:13px;font-variant-numeric:tabular-nums}
code{font-size:.88em;overflow-wrap:anywhere}
.num{overflow-wrap:anywhere}
header{display:flex;justify-content:space-between;gap:8px 32px;align-items:flex-end;border-bottom:1px solid var(--line);padding-bottom:12px}
header>div{min-width:0}
header .run{text-align:right;flex:none;max-width:50%}
.verdict{margin:20px 0;padding:20px 22px;border-radius:10px;border-left:6px solid}
.verdict.fail{background:var(--badbg);border-color:var(--bad)}
.verdict.pass{background:var(--goodbg);border-color:var(--good)}
.verdict.inconclusive{background:var(--warnbg);border-color:var(--warn)}
.word{font-size:26px;letter-spacing:.02em;line-height:1.2;font-weight:700}
.fail .word{color:var(--bad)}
.pass .word{color:var(--good)}
.inconclusive .word{color:var(--warn)}
.lead{font-size:17px;max-width:76ch}
.two{display:grid;grid-template-columns:minmax(0,2fr) minmax(0,3fr);gap:14px;margin-top:14px}
.one{margin-top:14px}
pre{background:var(--bg);border:1px solid var(--line);border-radius:8px;padding:10px 12px;margin:4px 0;line-height:1.45}
pre.sql{white-space:pre-wrap;overflow-wrap:anywhere}
pre.exact{overflow-x:auto}
.tiles{margin-top:18px;display:grid;grid-template-columns:repeat(6,1fr);gap:10px}
.tile{background:var(--card);border-radius:8px;padding:12px 14px;min-width:0}
.tile b{display:block;font-size:21px;line-height:1.35;font-weight:650;font-variant-numeric:tabular-nums;white-space:nowrap}
.tile span{display:block;color:var(--mut);font-size:12.5px;line-height:1.3}
.tile.bad b{color:var(--bad)}
.tile.good b{color:var(--good)}
.findings{list-style:none;margin:0;padding:0}
.findings>li{display:grid;grid-template-columns:108px minmax(0,1fr);gap:12px;padding:10px 0;border-top:1px solid var(--line);margin:0}
.findings>li:last-child{border-bottom:1px solid var(--line)}
.findings p{margin:0 0 .3em}
.badge{font-size:13px;line-height:22px}
.s-fail{color:var(--bad);font-weight:600}
.s-pass{color:var(--good)}
.s-warn,.s-inconclusive{color:var(--warn);font-weight:600}
details{border-bottom:1px solid var(--line);padding:8px 0}
details.plain{border:0;padding:2px 0 4px}
details.plain>summary{font-weight:400;font-size:13px;color:var(--mut)}
summary{cursor:pointer;font-weight:550;overflow-wrap:anywhere}
summary .mut{font-weight:400}
details>div{margin:8px 0}
ul{margin:.4em 0;padding-left:20px}
li{overflow-wrap:anywhere;margin:.2em 0}
dl{display:grid;grid-template-columns:max-content minmax(0,1fr);gap:4px 18px;margin:0}
dt{color:var(--mut)}
dd{margin:0;overflow-wrap:anywhere}
:focus-visible{outline:2px solid var(--p99);outline-offset:2px}
@media(max-width:900px){.tiles{grid-template-columns:repeat(3,1fr)}header{display:block}header .run{text-align:left;max-width:none;margin-top:6px}}
@media(max-width:720px){.two{grid-template-columns:minmax(0,1fr)}main{padding:20px 14px 60px}}
@media(max-width:480px){.tiles{grid-template-columns:1fr 1fr}.verdict{padding:16px 14px}dl{grid-template-columns:minmax(0,1fr);gap:0}dt{margin-top:8px}.findings>li{grid-template-columns:minmax(0,1fr);gap:2px}}
`;
