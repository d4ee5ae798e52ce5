# Removes one host, or the network of a run: whatever of it is there and is what its claim says.
case $ROLE in
  network) remove_network ;;
  *) remove_host ;;
esac
