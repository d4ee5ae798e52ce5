/** What the index has beside the report's own style. */
export const INDEX_STYLES = `
a{color:var(--p99)}
h2{scroll-margin-top:12px}
.nowrap{white-space:nowrap}
.overview td:last-child{min-width:260px}
.nights{list-style:none;display:flex;flex-wrap:wrap;gap:2px;padding:0;margin:8px 0 12px}
.nights li{margin:0;width:24px;height:24px;line-height:24px;text-align:center;font-size:13px;background:var(--card);border-radius:4px}
.nights a{display:block;color:inherit;text-decoration:none}
.trends{display:grid;grid-template-columns:repeat(auto-fill,minmax(280px,1fr));gap:12px}
.trend{margin:0;background:var(--card);border-radius:8px;padding:10px 12px;min-width:0}
.trend figcaption{display:flex;flex-wrap:wrap;gap:0 10px;font-size:13px}
.trend figcaption b{flex:1 1 100%;font-weight:600;overflow-wrap:anywhere}
.trend svg{width:100%;height:auto;display:block}
.trend .mark{stroke:var(--mut);stroke-dasharray:1 3}
.trend .now{fill:var(--p99)}
.badge.s-pass,.badge.s-fail,.badge.s-inconclusive{margin-left:8px}
@media screen and (max-width:720px){.overview,.overview tbody{display:block}.overview thead{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}.overview tr{display:grid;grid-template-columns:minmax(0,1fr) auto;gap:2px 12px;padding:10px 0;border-bottom:1px solid var(--line)}.overview th,.overview td{border:0;padding:0;overflow-wrap:anywhere}.overview td:nth-child(3),.overview td:last-child{grid-column:1/-1;min-width:0}.overview td:nth-child(3){font-size:13px;color:var(--mut)}}
@media(max-width:480px){.trends{grid-template-columns:minmax(0,1fr)}}
`;
