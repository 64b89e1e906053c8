package io.rioreactive;

/**
 * How a pump learns that the kernel has something for it: the three ways of Windows Registered I/O.
 * Elsewhere each stands for the nearest thing the provider has.
 *
 * <table>
 * <caption>What each means, by provider</caption>
 * <tr><th></th><th>{@code windows-rio}</th><th>{@code windows-iocp}</th><th>{@code linux-mmsg}</th>
 * <th>{@code linux-uring}</th><th>{@code nio}</th></tr>
 * <tr><td>COMPLETION_PORT</td><td>a completion port</td><td>a completion port</td><td>{@code epoll}
 * with an eventfd</td><td>the ring, with an eventfd</td><td>a {@code Selector}</td></tr>
 * <tr><td>EVENT</td><td>an event</td><td>the completion port</td><td>{@code epoll}</td><td>the
 * ring</td><td>the {@code Selector}</td></tr>
 * <tr><td>POLLED</td><td>dequeues again and again</td><td>looks into the port again and again</td>
 * <td>asks the socket again and again</td><td>looks at the ring again and again</td><td>{@code
 * selectNow}</td></tr>
 * </table>
 *
 * <p>A polling pump of {@code windows-rio} spins. With the system property {@code
 * io.rioreactive.polled.yield} set to {@code true} it offers its core to other threads between two
 * looks: for machines with fewer cores than busy threads.
 *
 * <p>Example: {@code RioUdpServer.create().notification(Notification.POLLED)} trades a whole core
 * for the lowest latency. {@link RioUdpTransport#busyPoll} has most of that and sleeps when nothing
 * comes.
 */
public enum Notification {
  /** The pump sleeps on a completion port. The default: no CPU is used while nothing happens. */
  COMPLETION_PORT,
  /** The pump sleeps on an event. */
  EVENT,
  /** The pump never sleeps and keeps one core busy. */
  POLLED
}
