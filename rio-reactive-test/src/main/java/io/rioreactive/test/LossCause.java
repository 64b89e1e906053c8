package io.rioreactive.test;

/** Why a datagram did not get through a {@link SimulatedNetwork}. */
public enum LossCause {
  /** The link lost it, by chance or by rule: {@link Link#loss} and its siblings. */
  LOSS,
  /** The link's queue was full: {@link Link#bandwidth}. */
  QUEUE,
  /** It was larger than the link takes: {@link Link#mtu}. */
  MTU,
  /** It was sent into a partition: {@link SimulatedNetwork#partition}. */
  PARTITION,
  /** The link says that its target cannot be reached: {@link Link#unreachable}. */
  UNREACHABLE,
  /** Nobody was bound at its target when it arrived, or nobody of the group listened. */
  NO_SOCKET,
  /** The socket at its target is connected to another peer, and hears nobody else. */
  NOT_THE_PEER,
  /** The receive buffer of the socket was full: a drop of the kernel, as in life. */
  RECEIVE_BUFFER
}
