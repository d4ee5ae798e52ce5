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
@media(max-width:480px){.trends{grid-template-columns:minmax(0,1fr)}}
`;
