
# SSH from where this very connection came, and the private network; nothing goes out. Reads: subnet. Safe to run again.
if command -v nft >/dev/null 2>&1; then
  from=${SSH_CONNECTION%% *}
  case $from in *:*) source="ip6 saddr $from" ;; *) source="ip saddr $from" ;; esac
  nft -f - <<RULES || fail HOST_START_FAILED 'the firewall of the host could not be set'
table inet rehearse
delete table inet rehearse
table inet rehearse {
  chain input {
    type filter hook input priority 0; policy drop;
    ct state established,related accept
    iif lo accept
    ip saddr $subnet accept
    $source tcp dport 22 accept
    meta l4proto { icmp, ipv6-icmp } accept
    udp sport 67 udp dport 68 accept
  }
  chain output {
    type filter hook output priority 0; policy drop;
    ct state established,related accept
    oif lo accept
    ip daddr $subnet accept
    icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-solicit } accept
    udp sport 68 udp dport 67 accept
  }
}
RULES
else
  say 'it has no nft, so no firewall was set on it.'
fi
