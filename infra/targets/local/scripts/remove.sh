# Removes one host, or the network of a run, by name: whatever of it is there.
case $ROLE in
  network) remove_network ;;
  *) remove_host ;;
esac
