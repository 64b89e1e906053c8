package io.rioreactive.kernel;

/** What a kernel may be able to do beyond moving datagrams; answered by {@link Support}. */
public enum Feature {
  /** Tells the destination address and the interface of each received datagram. */
  PACKET_INFO,
  /** Lets a reply leave from the address its request was sent to. */
  REPLY_SOURCE,
  /** Counts what it dropped because the socket's receive buffer was full. */
  KERNEL_DROPS,
  /** Tells the true length of a datagram that did not fit its slot. */
  TRUE_LENGTH,
  /** Tells that an earlier datagram could not be delivered. */
  UNREACHABLE,
  /** Sends a run of equal datagrams in one message (segmentation offload). */
  SEGMENTATION,
  /** Receives several datagrams of one peer in one message (receive offload). */
  COALESCING,
  /** Balances several sockets bound to one port. */
  PUMPS,
  /** Keeps a pump on one CPU. */
  CPU_AFFINITY
}
