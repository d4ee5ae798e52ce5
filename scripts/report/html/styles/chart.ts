export const CHART_STYLES = `
.chart{width:100%;height:auto;display:block}
.chart.narrow{display:none}
@media screen and (max-width:640px){.chart.wide{display:none}.chart.narrow{display:block}}
.t{font:11.5px system-ui,-apple-system,"Segoe UI",sans-serif;fill:var(--mut);font-variant-numeric:tabular-nums}
.t.s{font-weight:600}
.t.bad{fill:var(--bad);font-weight:600;font-size:12.5px}
.t.b{fill:var(--bad)}
.t.in{fill:var(--fg)}
.halo{paint-order:stroke;stroke:var(--bg);stroke-width:3px;stroke-linejoin:round}
.g{stroke:var(--line)}
.band{opacity:.22}
.budget{stroke:var(--bad);stroke-dasharray:5 4}
.p99,.p50,.lag{fill:none;stroke-linecap:round;stroke-linejoin:round}
.p99{stroke:var(--p99);stroke-width:1.6}
.p50{stroke:var(--p50);stroke-width:1.3}
.watch{fill:none;stroke:var(--apart);stroke-width:1.6}
.lag.replay{stroke:var(--lag);stroke-width:1.6}
.lag.flush{stroke:var(--writes);stroke-width:1.4;stroke-dasharray:5 3}
.lag.write{stroke:var(--rows);stroke-width:1.4;stroke-dasharray:2 3}
.gone,.k-gone{fill:var(--bad);background:var(--bad);opacity:.3}
.lk.over,.k-over{fill:var(--bad);background:var(--bad)}
.lk.stops,.k-stops{fill:var(--stops);background:var(--stops)}
.lk.writes,.k-writes{fill:var(--writes);background:var(--writes)}
.lk.lets,.k-lets{fill:var(--lets);background:var(--lets)}
.lk.wait{opacity:.4}
.who,.k-who{fill:var(--mut);background:var(--mut);opacity:.55}
.noise,.k-noise{fill:var(--writes);background:var(--writes);opacity:.5}
.pressure{fill:none;stroke:var(--p50);stroke-width:1.2}
.err{fill:var(--bad)}
.bf{fill:var(--rows)}
.pause,.k-pause{fill:var(--writes);background:var(--writes);opacity:.4}
.legend{display:flex;gap:4px 18px;flex-wrap:wrap;font-size:12.5px;color:var(--mut);margin:6px 0 0}
.legend i{display:inline-block;width:16px;height:8px;border-radius:2px;vertical-align:middle;margin-right:6px}
.legend i.line{height:3px}
.legend .p99k{background:var(--p99)}
.legend .p50k{background:var(--p50)}
.legend .watchk{background:var(--apart)}
.legend .replayk{background:var(--lag)}
.legend .flushk{background:repeating-linear-gradient(90deg,var(--writes) 0 5px,transparent 5px 8px)}
.legend .writek{background:repeating-linear-gradient(90deg,var(--rows) 0 2px,transparent 2px 5px)}
.legend .pressurek{background:var(--p50)}
.legend .k-wait{background:var(--mut);opacity:.4}
.legend .k-phase{opacity:.5}
.legend .k-expand{background:var(--expand)}
.legend .k-deploy{background:var(--deploy)}
.legend .k-backfill{background:var(--backfill)}
.legend .k-switch{background:var(--switch)}
.legend .k-contract{background:var(--contract)}
`;
