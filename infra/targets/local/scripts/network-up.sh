# Makes the private network of one run: a bridge in a namespace of its own (there no firewall rule, forwarding switch or
# network manager of this machine applies), and one cable to this machine that lets only SSH through.
# Wants: SUBNET, GATEWAY, ALIAS, UID_OF_RUN, OWNER, EXPIRES, KEEPER, FROM_MACHINE, TO_MACHINE. Ends with 75 where the subnet is taken.
TAKEN=75
claim_part
make_folder
make_netns "$SWITCH"
# It comes here with its alias on: there is no moment at which it does not say whose it is.
ip -n "$SWITCH" -batch - <<BATCH
link add name $LINK type veth peer name sw.machine
link set dev $LINK alias "$ALIAS"
link set dev $LINK netns $$
BATCH
ip link set dev "$LINK" addrgenmode none
claim_thing route 0 "$SUBNET"
# Also the lock: of two runs that want the same subnet, one gets "File exists". And when the link is gone, what is still
# sent to a host must not leave this machine by its default route.
ip route add unreachable "$SUBNET" metric "$ROUTE_METRIC" proto "$ROUTE_PROTO" window "$MARK" || exit "$TAKEN"
ip -n "$SWITCH" -batch - <<BATCH
link add name sw.bridge type bridge stp_state 0 forward_delay 0
link set dev sw.machine addrgenmode none
link set dev sw.bridge addrgenmode none
link set dev sw.machine master sw.bridge
BATCH
# Before anything is up: there is no moment without the filter.
tc -n "$SWITCH" -batch - <<BATCH
qdisc add dev sw.machine clsact
filter add dev sw.machine ingress bpf da bytecode "$FROM_MACHINE"
filter add dev sw.machine egress bpf da bytecode "$TO_MACHINE"
BATCH
ip -n "$SWITCH" link set dev sw.bridge up
ip -n "$SWITCH" link set dev sw.machine up
ip addr add "$GATEWAY/24" dev "$LINK"
ip link set dev "$LINK" up
start_keeper
