package io.rioreactive;

/**
 * Why a datagram was not delivered (inbound) or not sent (outbound). Each reason has a counter of
 * its own in {@link RioStats}; each single drop can be seen with {@link RioUdpServer#doOnDrop}.
 */
public enum DropReason {
  /** Received, longer than a slot. Remedy: {@link RioUdpServer#datagramSize}. */
  TRUNCATED(Drop.Direction.INBOUND),
  /** Received, and the {@link DatagramDecoder} threw. */
  DECODER(Drop.Direction.INBOUND),
  /** Received, and {@link RioUdpServer#sourceFilter} did not want its sender, or threw. */
  FILTERED(Drop.Direction.INBOUND),
  /**
   * Received from a port that an answer must not go to: {@link RioUdpServer#refusedSourcePorts},
   * {@link RioUdpServer#refuseOwnPort}.
   */
  REFUSED_PORT(Drop.Direction.INBOUND),
  /** Received from a source that has sent more than {@link RioUdpServer#rateLimit} allows. */
  RATE_LIMITED(Drop.Direction.INBOUND),
  /**
   * Received for a subscriber that had cancelled meanwhile, with no other to take it. Happens
   * within the batch that was under way, and on kernels that keep what is posted.
   */
  CANCELLED(Drop.Direction.INBOUND),
  /** Received after the connection had begun to shut down or close. */
  CLOSED(Drop.Direction.INBOUND),

  /** Not sent: the {@link DatagramEncoder} threw, or named no target. */
  ENCODER(Drop.Direction.OUTBOUND),
  /** Not sent: longer than a send slot, or than the system or the path takes. */
  TOO_LARGE(Drop.Direction.OUTBOUND),
  /** Not sent: port 0, an unresolved name, or a family the socket cannot reach. */
  BAD_ADDRESS(Drop.Direction.OUTBOUND),
  /** Not sent: no route to the target. */
  UNREACHABLE(Drop.Direction.OUTBOUND),
  /** Not sent: a firewall or a missing permission (broadcast, for example) forbade it. */
  NOT_PERMITTED(Drop.Direction.OUTBOUND),
  /**
   * Not sent: more than three times what has come from its target, which nobody has validated
   * ({@link RioUdpServer#amplificationGuard}). Remedy: {@link RioConnection#validated}.
   */
  AMPLIFICATION(Drop.Direction.OUTBOUND),
  /** Not sent: any other error of the system. */
  SYSTEM(Drop.Direction.OUTBOUND);

  private final Drop.Direction direction;

  DropReason(Drop.Direction direction) {
    this.direction = direction;
  }

  /** Whether it befalls received datagrams or those to be sent. */
  public Drop.Direction direction() {
    return direction;
  }
}
