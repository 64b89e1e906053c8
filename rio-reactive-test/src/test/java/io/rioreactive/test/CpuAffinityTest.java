package io.rioreactive.test;

import static io.rioreactive.test.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.rioreactive.Datagram;
import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioSupport;
import io.rioreactive.RioSupport.Capability;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import io.rioreactive.hook.PumpDriver;
import io.rioreactive.hook.PumpHook;
import io.rioreactive.hook.PumpTurns;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardSocketOptions;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/** Pumps that are kept on CPUs, as the system tells it of their threads. */
@EnabledOnOs(OS.LINUX)
class CpuAffinityTest {

  private static final String LIST = "Cpus_allowed_list:";
  private static final int NO_SUCH_CPU = 8_191;

  private final List<String> cpusOfPumps = new CopyOnWriteArrayList<>();

  /** As the system writes it: {@code 0-3,8}. */
  private static String cpusOfThisThread() {
    try {
      return Files.readAllLines(Path.of("/proc/thread-self/status")).stream()
          .filter(line -> line.startsWith(LIST))
          .map(line -> line.substring(LIST.length()).strip())
          .findFirst()
          .orElseThrow();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int[] cpusOfThisProcess() {
    List<Integer> all = new ArrayList<>();
    for (String range : cpusOfThisThread().split(",", -1)) {
      String[] ends = range.split("-", -1);
      IntStream.rangeClosed(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]))
          .forEach(all::add);
    }
    return all.stream().mapToInt(Integer::intValue).toArray();
  }

  private RioUdpServer server(PumpGroup group) {
    return RioUdpServer.create()
        .runOn(group)
        .handle((in, out) -> out.send(in.receive()))
        .doOnBound(bound -> cpusOfPumps.add(cpusOfThisThread()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  void eachPumpRunsOnItsCpuAlone(String provider) {
    Needs.provider(provider);
    int[] cpus = cpusOfThisProcess();
    PumpGroup group = PumpGroup.create().provider(provider).size(cpus.length).cpuAffinity(cpus);
    try (Peer peer = new LoopbackPeer()) {
      for (int ignored : cpus) {
        RioConnection echo = server(group).bindNow();
        assertThat(peer.ask("hello", echo.localAddress())).isEqualTo("hello");
      }

      assertThat(cpusOfPumps)
          .containsExactlyElementsOf(IntStream.of(cpus).mapToObj(Integer::toString).toList());
    } finally {
      group.dispose();
    }
  }

  @Test
  void theSocketsOfAServerHaveThePumpsOfTheGroupEvenly() {
    int[] cpus = cpusOfThisProcess();
    PumpGroup group = PumpGroup.create().size(cpus.length).cpuAffinity(cpus);
    try {
      server(group).pumps(2 * cpus.length).bindNow();

      assertThat(cpusOfPumps).hasSize(2 * cpus.length);
      for (int cpu : cpus) {
        assertThat(cpusOfPumps).filteredOn(Integer.toString(cpu)::equals).hasSize(2);
      }
    } finally {
      group.dispose();
    }
  }

  /** On loopback the CPU that receives is the one that sends. */
  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  void aDatagramGoesToThePumpOfItsCpu(String provider) {
    Needs.provider(provider);
    int[] cpus = cpusOfThisProcess();
    PumpGroup group = PumpGroup.create().provider(provider).size(cpus.length).cpuAffinity(cpus);
    PumpGroup asking = PumpGroup.create().size(cpus.length).cpuAffinity(cpus);
    try {
      RioConnection server =
          RioUdpServer.create()
              .runOn(group)
              .pumps(cpus.length)
              .steerByCpu(true)
              .respond(d -> Mono.fromSupplier(() -> d.reply(cpusOfThisThread())))
              .bindNow();
      RioUdpClient client =
          RioUdpClient.create().runOn(asking).port(server.localAddress().getPort());
      for (int i = 0; i < 16 * cpus.length; i++) {
        String itsCpu = Integer.toString(cpus[i % cpus.length]);

        String answer =
            client
                .connect()
                .flatMap(it -> it.send(Mono.just(Datagram.of("?"))).then(it.next()))
                .map(Datagram::asString)
                .block(Duration.ofSeconds(20));

        assertThat(answer).isEqualTo(itsCpu);
      }
    } finally {
      asking.dispose();
      group.dispose();
    }
  }

  @Test
  void steeringWithoutACpuForEachSocketIsRefused() {
    int[] cpus = cpusOfThisProcess();
    PumpGroup few = PumpGroup.create().size(2).cpuAffinity(cpus[0]);
    PumpGroup none = PumpGroup.create().size(2);
    try {
      for (PumpGroup group : List.of(few, none)) {
        assertThatThrownBy(() -> server(group).pumps(2).steerByCpu(true).bindNow())
            .isInstanceOf(IllegalArgumentException.class)
            .hasMessageContaining("steerByCpu is on")
            .hasMessageContaining("cpuAffinity");
      }
    } finally {
      few.dispose();
      none.dispose();
    }
  }

  @Test
  void steeringOnAPortThatOthersMayShareIsRefused() {
    PumpGroup group = PumpGroup.create().size(2).cpuAffinity(cpusOfThisProcess());
    try {
      assertThatThrownBy(
              () ->
                  server(group)
                      .pumps(2)
                      .steerByCpu(true)
                      .option(StandardSocketOptions.SO_REUSEPORT, true)
                      .bindNow())
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("steerByCpu is on, and so is SO_REUSEPORT");
    } finally {
      group.dispose();
    }
  }

  /** What waits in a pump is timed by them, so a pump is mostly the first that needs them. */
  @Test
  void theTimersOfReactorAreNotKeptOnThePumpsCpu() {
    Schedulers.setFactory(new Schedulers.Factory() {}); // without threads
    PumpGroup group = PumpGroup.create().cpuAffinity(cpusOfThisProcess()[0]);
    Queue<String> cpusOfTimers = new ConcurrentLinkedQueue<>();
    try (Peer peer = new LoopbackPeer()) {
      RioConnection server =
          RioUdpServer.create()
              .runOn(group)
              .respond(d -> Mono.just(d.reply("later")).publishOn(Schedulers.single()))
              .bindNow();
      for (int i = 0; i < 2 * Schedulers.DEFAULT_POOL_SIZE; i++) {
        assertThat(peer.ask("?", server.localAddress())).isEqualTo("later");
      }
      for (int i = 0; i < Schedulers.DEFAULT_POOL_SIZE; i++) {
        Schedulers.parallel().schedule(() -> cpusOfTimers.add(cpusOfThisThread()));
      }
      eventually(() -> assertThat(cpusOfTimers).hasSize(Schedulers.DEFAULT_POOL_SIZE));
      assertThat(cpusOfTimers).containsOnly(cpusOfThisThread());
    } finally {
      group.dispose();
      Schedulers.resetFactory();
    }
  }

  @Test
  void withoutItTheSystemPlacesThem() {
    PumpGroup group = PumpGroup.create();
    try {
      server(group).bindNow();

      assertThat(cpusOfPumps).containsExactly(cpusOfThisThread());
    } finally {
      group.dispose();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linux-mmsg", "linux-uring"})
  void aCpuThatIsNotThereFailsTheBindAndThoseThatAreAreNamed(String provider) {
    Needs.provider(provider);
    PumpGroup group = PumpGroup.create().provider(provider).cpuAffinity(NO_SUCH_CPU);
    try {
      assertThatThrownBy(() -> server(group).bindNow())
          .hasCauseInstanceOf(IOException.class)
          .hasMessageContaining("sched_setaffinity to CPU 8191 failed: EINVAL (22)")
          .hasMessageContaining("whose threads run on " + cpusOfThisThread() + ":")
          .hasMessageContaining("cpuAffinity");
      assertThat(cpusOfPumps).isEmpty();
    } finally {
      group.dispose();
    }
  }

  @Test
  void aProviderThatCannotIsNamed() {
    PumpGroup nio = PumpGroup.create().provider("nio").cpuAffinity(0, 1);
    PumpGroup simulated =
        PumpHook.newGroup(PumpGroup.class, SimulatedKernel.withdrawingPosts(), new NoThread())
            .cpuAffinity(0);

    assertThatThrownBy(() -> server(nio).bindNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpuAffinity is [0, 1]")
        .hasMessageContaining("provider nio")
        .hasMessageContaining("linux-mmsg");
    assertThatThrownBy(() -> server(simulated).bindNow())
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("provider simulated");
  }

  private static final class NoThread implements PumpDriver {
    @Override
    public void start(PumpTurns pump) {}

    @Override
    public void wake() {}
  }

  @Test
  void whoCanSaysSo() {
    assertThat(RioSupport.providers())
        .filteredOn(provider -> provider.can(Capability.CPU_AFFINITY))
        .extracting(RioSupport.Provider::name)
        .containsExactlyInAnyOrder("linux-mmsg", "linux-uring");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 8_192, Integer.MAX_VALUE})
  void anImpossibleNumberIsRefusedAtTheCall(int cpu) {
    assertThatThrownBy(() -> PumpGroup.create().cpuAffinity(0, cpu))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpuAffinity is " + cpu)
        .hasMessageContaining("0 to 8191");
  }

  @Test
  void aCpuThatIsNamedTwiceIsRefused() {
    assertThatThrownBy(() -> PumpGroup.create().cpuAffinity(3, 1, 3))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("cpuAffinity names CPU 3 twice");
  }
}
