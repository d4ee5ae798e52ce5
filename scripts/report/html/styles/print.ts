/** On paper everything is open, nothing scrolls and colours that carry meaning are kept. */
export const PRINT_STYLES = `
@media print{
body{font-size:10.5pt}
main{max-width:none;padding:0}
*{print-color-adjust:exact;-webkit-print-color-adjust:exact}
details::details-content{content-visibility:visible;block-size:auto}
section,tr,pre,.tile,.findings>li{break-inside:avoid}
section:has(table),section:has(details){break-inside:auto}
h2{break-after:avoid}
.scroll{overflow:visible;background:none}
.statements{min-width:0}
table{font-size:8.5pt}
th,td{padding:4px}
thead th,tbody th,th.r,td.m{white-space:normal}
.steps td.lock,.statements .sql-cell{min-width:0}
}
`;
