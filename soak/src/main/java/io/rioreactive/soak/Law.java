package io.rioreactive.soak;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * The law of conservation of one connection, against the count of the peer that has sent to it. It
 * is judged when nothing is sent any more.
 *
 * <pre>
 * sent by the peer      = received + dropped for want of room (the system's count, the provider's the same)
 * received              = delivered + skipped + dropped
 * accepted for sending  = sent + failed + discarded
 * sent                  = answers the peer got + those it had no room for
 * </pre>
 */
final class Law {

  private final Load load;
  private final Server server;
  private final String connection;

  private Law(Load load, Server server, String connection) {
    this.load = load;
    this.server = server;
    this.connection = connection;
  }

  /** Of a connection of the server, which this load alone sends to. */
  static Law of(Load load, Server server, String connection) {
    return new Law(load, server, connection);
  }

  /**
   * Waits until it holds.
   *
   * @return the account in some words
   */
  String require() throws InterruptedException, IOException {
    Eventually.none("the law of conservation of " + connection, this::problem);
    Counts counts = server.counts(connection);
    return "%,d sent, %,d received, %,d dropped by the kernel, %,d failed"
        .formatted(load.sent(), counts.received(), drops(), counts.failed());
  }

  private long drops() throws IOException {
    return UdpTable.now().drops(load.target());
  }

  private @Nullable String problem() throws IOException, InterruptedException {
    Counts counts = server.counts(connection);
    long drops = drops();
    boolean holds =
        counts.conserve()
            && load.sent() == counts.received() + drops
            && (counts.kernelDrops() < 0 || counts.kernelDrops() == drops)
            && (!load.isAnswered() || counts.sent() == load.answered() + load.drops())
            && load.corrupt() == 0;
    return holds
        ? null
        : "%s, answers dropped %,d, corrupt %,d; %s, dropped by the kernel %,d"
            .formatted(load, load.drops(), load.corrupt(), counts, drops);
  }
}
