/** Wide tables keep a readable width and scroll inside their own box. */
export const TABLE_STYLES = `
.scroll{overflow-x:auto;background:linear-gradient(to right,var(--bg) 40%,transparent) left/40px 100% no-repeat local,linear-gradient(to left,var(--bg) 40%,transparent) right/40px 100% no-repeat local,linear-gradient(to right,var(--more),transparent) left/16px 100% no-repeat scroll,linear-gradient(to left,var(--more),transparent) right/16px 100% no-repeat scroll}
table{border-collapse:collapse;width:100%;font-size:14px}
th,td{text-align:left;padding:7px 10px;border-bottom:1px solid var(--line);vertical-align:top;font-weight:400}
thead th{font-size:12.5px;color:var(--mut);font-weight:600;vertical-align:bottom;white-space:nowrap}
tbody th{font-weight:550;white-space:nowrap}
td.r,th.r{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}
td.strong{font-weight:650}
tr.hit td,tr.hit th,tbody.hit td{background:var(--badbg)}
.steps td:nth-child(2){white-space:nowrap}
.steps td,.steps th{padding:7px 8px}
.steps td.lock{min-width:222px}
.drift td:last-child{min-width:260px}
.matrix tbody th,.matrix thead th{white-space:normal;overflow-wrap:anywhere}
.matrix th:first-child{min-width:120px}
.matrix .id{display:block;color:var(--mut);font-size:12px;font-weight:400}
td.m{font-size:13px;color:var(--mut);white-space:nowrap}
td.m .dot{display:inline-block;width:10px;height:10px;border-radius:50%;margin-right:7px;border:2px solid var(--good)}
td.m.live{background:var(--goodbg);color:var(--fg)}
td.m.live .dot{background:var(--good)}
td.m.no .dot{border:0;height:2px;border-radius:0;background:var(--mut);vertical-align:4px}
td.m.no.live{background:var(--badbg);color:var(--bad)}
td.m.no.live .dot{background:var(--bad)}
.statements{min-width:860px}
.statements tr.figures td{border-bottom:0;padding-bottom:2px}
.statements .sql-cell{min-width:280px;width:40%}
.statements .sql-cell pre{margin:0;padding:0;border:0;background:none;border-radius:0}
.notes{font-size:13px}
@media screen and (max-width:900px){.notes>*{max-width:calc(100vw - 84px);position:sticky;left:14px;overflow-wrap:anywhere}}
.notes>*+*{margin-top:2px}
.tree{margin:6px 0 4px;padding-left:12px;border-left:2px solid var(--line)}
.queue .blocker{margin-left:calc((var(--level) - 1)*16px)}
.queue .blocker::before{content:"← ";color:var(--mut)}
.queue code{display:block;max-width:100%;overflow-wrap:anywhere;color:var(--mut);font-size:12px;padding-left:14px}
.checks .id{color:var(--mut);font-size:12px;margin-left:10px;overflow-wrap:normal}
@media(max-width:720px){td.m{white-space:normal}.matrix th,.matrix td{padding:7px 5px}.checks .id{display:block;margin:0}.checks th,.checks td{padding:7px 5px}.checks td.r,.checks td.word-cell{white-space:normal}}
@media screen and (max-width:900px){.steps td.lock{white-space:nowrap}}
.compared{width:auto}
.compared thead th,.compared tbody tr:first-child td,.compared td:last-child{white-space:normal;overflow-wrap:anywhere;min-width:104px}
.compared tbody tr:first-child td{overflow-wrap:break-word}
.compared .spread{display:block;white-space:normal;font-size:12px;font-weight:400;color:var(--mut)}
@media(max-width:720px){.against th,.against td{padding:7px 4px;white-space:normal}}
@media(max-width:720px){.compared th[scope=row]{white-space:normal;max-width:150px}}
@media(min-width:721px){.compared th,.compared td{padding-right:18px}}
.word-cell,.whole{white-space:nowrap}
.lags{width:auto}
.lags thead th{white-space:normal}
@media(min-width:721px){.lags th,.lags td{padding-right:28px}}
.back td{white-space:nowrap}
.back .why{display:block;font-size:12.5px;font-weight:400;color:var(--mut);white-space:normal;min-width:220px;max-width:52ch}
dd pre.sql{width:fit-content;max-width:100%;padding:4px 10px;margin:4px 0 6px}
`;
