package io.rioreactive.test;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import reactor.test.scheduler.VirtualTimeScheduler;

/**
 * What one {@link RioTest} runs on: the network, or a pump by hand, or real sockets; and what is
 * looked at when it ends. Used by the test's thread; what it hands out, by any.
 */
final class RioTestRun {

  private static final Duration LONGEST_END = Duration.ofSeconds(10);
  private static final Duration LONGEST_BLOCK = Duration.ofSeconds(5);
  private static final int EVENTS = 40;
  private static final int CONNECTIONS = 8;

  private final RioTestSettings settings;
  private final RioThreads threads;
  private final boolean hadVirtualTime;
  private final SimulatedNetwork network;
  private final SimulatedKernel kernel;
  private final @Nullable ManualPump pump;
  private final PumpGroup group;

  /** Where the servers were bound that were given as parameters, once they are. */
  private final List<AtomicReference<InetSocketAddress>> servers = new ArrayList<>();

  private final Set<RioConnection> given = new LinkedHashSet<>();

  private RioTestRun(RioTestSettings settings, boolean isByHand) {
    this.settings = settings;
    this.threads = new RioThreads();
    this.hadVirtualTime = VirtualTimeScheduler.isFactoryEnabled();
    this.network = SimulatedNetwork.create(settings.seed());
    if (settings.keepingPosts()) {
      network.keepingPosts();
    }
    if (settings.virtualTime()) {
      network.virtualTime();
    }
    if (isByHand) {
      this.kernel =
          settings.keepingPosts()
              ? SimulatedKernel.keepingPosts()
              : SimulatedKernel.withdrawingPosts();
      this.pump = ManualPump.over(kernel);
      pump.failBlockAfter(kernel, LONGEST_BLOCK);
      this.group = pump.group();
    } else {
      this.kernel = network.kernel();
      this.pump = null;
      this.group = settings.real() ? PumpGroup.create() : network.pumps();
    }
  }

  static RioTestRun begin(RioTestSettings settings, boolean isByHand) {
    return new RioTestRun(settings, isByHand);
  }

  // ---- parameters

  SimulatedNetwork network() {
    if (pump != null) {
      throw new ParameterResolutionException(
          "a test that takes a ManualPump or a SimulatedKernel is the network itself: leave one of"
              + " the parameters out");
    }
    return network;
  }

  PumpGroup group() {
    return group;
  }

  ManualPump pump() {
    if (pump == null) {
      throw onlyByHand("ManualPump");
    }
    return pump;
  }

  SimulatedKernel kernel() {
    if (pump == null) {
      throw onlyByHand("SimulatedKernel");
    }
    return kernel;
  }

  private static ParameterResolutionException onlyByHand(String type) {
    return new ParameterResolutionException(
        "a test is by hand if its own method takes a ManualPump or a SimulatedKernel: this one does"
            + " not, and @BeforeEach or @AfterEach asks for a "
            + type);
  }

  RioUdpServer server(Server server) {
    AtomicReference<InetSocketAddress> address = new AtomicReference<>();
    servers.add(address);
    return RioUdpServer.create()
        .host(server.host())
        .port(server.port())
        .runOn(group)
        .doOnBound(
            connection -> {
              address.set(connection.localAddress());
              given(connection);
            });
  }

  RioConnection bind(Server server) {
    return server(server).bindNow();
  }

  RioUdpClient client(Client client) {
    RioUdpClient on = RioUdpClient.create().runOn(group).doOnConnected(this::given);
    if (client.port() != 0) {
      return on.host(client.host()).port(client.port());
    }
    if (servers.size() != 1) {
      throw new ParameterResolutionException(
          "@Client has no port, and of the parameters before it "
              + servers.size()
              + " are a @Server: name a host and a port, or have one server");
    }
    AtomicReference<InetSocketAddress> address = servers.getFirst();
    InetSocketAddress bound = address.get();
    return bound != null
        ? on.host(bound.getAddress().getHostAddress()).port(bound.getPort())
        : on.remoteAddress(() -> required(address.get()));
  }

  private static InetSocketAddress required(@Nullable InetSocketAddress bound) {
    if (bound == null) {
      throw new IllegalStateException(
          "the @Server of this @Client has not been bound: call bindNow() first, or name a port");
    }
    return bound;
  }

  RioConnection connect(Client client) {
    return client(client).connectNow();
  }

  private void given(RioConnection connection) {
    synchronized (given) {
      given.add(connection);
    }
  }

  // ---- the end

  /** Closes everything, and tells what was wrong. */
  RioTestReport end() {
    List<String> problems = new ArrayList<>();
    List<RioConnection> connections = connections();
    List<String> state = describe(connections);
    close(problems);
    checkClosed(connections, problems);
    checkTurns(connections, problems); // now, so that the last ones are among them
    checkKernel(problems);
    String breach = Conservation.breach(network.stats());
    if (breach != null) {
      problems.add("The network was expected " + breach);
    }
    Set<String> left = threads.leftAtEnd();
    if (!left.isEmpty()) {
      problems.add(
          "The test has left threads behind: "
              + left
              + ", of connections that are not on the test's network: bind them with runOn of its"
              + " PumpGroup (a parameter), or dispose of them or of their group in the test");
    }
    if (VirtualTimeScheduler.isFactoryEnabled() && !hadVirtualTime) {
      VirtualTimeScheduler.reset();
      problems.add(
          "The test has enabled virtual time and left it: use @RioTest(virtualTime = true), or"
              + " StepVerifier.withVirtualTime, or call VirtualTimeScheduler.reset()");
    }
    return new RioTestReport(settings.seed(), problems, state);
  }

  private List<RioConnection> connections() {
    Set<RioConnection> all = new LinkedHashSet<>();
    synchronized (given) {
      all.addAll(given);
    }
    for (SimulatedSocket socket : kernel.sockets()) {
      RioConnection connection = socket.state().connection;
      if (connection != null) {
        all.add(connection);
      }
    }
    return List.copyOf(all);
  }

  private List<String> describe(List<RioConnection> connections) {
    List<String> lines = new ArrayList<>();
    lines.add(settings.real() ? "real sockets" : pump == null ? network.toString() : "by hand");
    for (RioConnection connection :
        connections.subList(0, Math.min(CONNECTIONS, connections.size()))) {
      lines.add(connection + ":");
      ConnectionReport.state(connection).forEach(line -> lines.add("  " + line));
    }
    if (connections.size() > CONNECTIONS) {
      lines.add("and " + (connections.size() - CONNECTIONS) + " more connections");
    }
    if (!settings.real()) {
      List<String> events = kernel.events();
      String underWay = network.underWay();
      if (underWay != null) {
        lines.add(underWay);
      }
      lines.add(events.isEmpty() ? "no events" : "the last events of " + events.size() + ":");
      events
          .subList(Math.max(0, events.size() - EVENTS), events.size())
          .forEach(event -> lines.add("  " + event));
    }
    return lines;
  }

  private void checkTurns(List<RioConnection> connections, List<String> problems) {
    Duration limit = settings.longestTurn();
    for (RioConnection connection : connections) {
      Duration turn = connection.stats().longestTurn();
      if (limit.isPositive() && turn.compareTo(limit) > 0) {
        problems.add(
            "A turn of the pump of %s took %s, and the limit is %s: what it calls must not block"
                    .formatted(connection, turn, limit)
                + " (handlers, decoders, subscribers); @RioTest(longestTurnMillis) sets the limit");
        return; // they share it
      }
    }
  }

  private void close(List<String> problems) {
    releaseWhatIsHeld(problems);
    close("group", group::dispose, problems);
    if (pump != null) {
      close("pump", pump::close, problems);
    }
    close("network", network::close, problems);
  }

  private void close(String what, Runnable close, List<String> problems) {
    try {
      close.run();
    } catch (AssertionError | RuntimeException broken) {
      if (kernel.violations().isEmpty()) { // else they are told later
        problems.add("The " + what + " cannot be closed: " + broken.getMessage());
      }
    }
  }

  private void releaseWhatIsHeld(List<String> problems) {
    for (SimulatedSocket socket : kernel.sockets()) {
      if (!socket.isGone()) {
        List<String> held = socket.cancellationsAndCompletionsHeld();
        held.forEach(what -> problems.add("Slots of " + socket + " stay with the kernel: " + what));
        socket.releaseCancellations();
      }
    }
    kernel.releaseCompletions();
  }

  private void checkClosed(List<RioConnection> connections, List<String> problems) {
    long started = System.nanoTime(); // for all of them together
    for (RioConnection connection : connections) {
      if (!endsSoon(connection, started)) {
        problems.add(connection + " does not end within " + LONGEST_END + " after it was closed");
      }
      String breach = Conservation.breach(connection.stats());
      if (breach != null) {
        problems.add(connection + " was expected " + breach);
      }
    }
  }

  /** Where a thread turns its pump, that may need a moment. */
  private boolean endsSoon(RioConnection connection, long started) {
    boolean turnsItself = settings.real() || (pump == null && !settings.virtualTime());
    while (turnsItself
        && !Conservation.isClosed(connection)
        && System.nanoTime() - started < LONGEST_END.toNanos()) {
      LockSupport.parkNanos(1_000_000);
    }
    return Conservation.isClosed(connection);
  }

  private void checkKernel(List<String> problems) {
    for (String violation : kernel.violations()) {
      problems.add("The contract of the kernel was broken: " + violation);
    }
    for (SimulatedSocket socket : kernel.sockets()) {
      if (!socket.isReleased() && !(socket.isAbandoned() && kernel.isBroken())) {
        problems.add(
            socket.outstanding()
                + " slots of "
                + socket
                + " stay with the kernel: "
                + String.join("; ", socket.slotTable()));
      }
    }
  }
}
