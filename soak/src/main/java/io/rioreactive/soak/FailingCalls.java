package io.rioreactive.soak;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * System calls of the process fail by a plan, and never reach the system: strace, attached for a
 * moment, answers them itself. All that send, or all that receive, with an error that the seed
 * chooses; and no socket can be had.
 *
 * <p>Each error by itself is planned in the tests of the providers; this is all of it under load,
 * also for {@code nio}, whose calls are the JDK's.
 */
final class FailingCalls implements Fault {

  private static final List<String> OF_SENDS =
      List.of("ENOBUFS", "EAGAIN", "ECONNREFUSED", "EPERM", "ENETUNREACH", "ENOMEM");

  /** Without ECONNREFUSED, which the JDK hides: of a socket without a peer it is no error. */
  private static final List<String> OF_SENDS_OF_THE_JDK =
      OF_SENDS.stream().filter(error -> !error.equals("ECONNREFUSED")).toList();

  private static final List<String> OF_RECEIVES =
      List.of("ENOBUFS", "EAGAIN", "ECONNREFUSED", "ENOMEM", "EINTR");

  private static final List<String> OF_RINGS = List.of("EAGAIN", "EBUSY", "EINTR", "ENOMEM");

  private static final List<String> OF_SOCKETS = List.of("EMFILE", "ENFILE", "ENOBUFS", "ENOMEM");

  /**
   * So many in a row, by each thread. To let go of a process while more are to fail would have the
   * call that is under way fail with ENOSYS, which is no error of the system's.
   */
  private static final int COUNT = 20;

  private static final long POLL_MILLIS = 20;

  @Override
  public String name() {
    return "failing-calls";
  }

  @Override
  public boolean isFor(String provider) {
    return !provider.startsWith("windows-");
  }

  @Override
  public @Nullable String missing(Scene scene) throws InterruptedException {
    return Programs.whyNot("strace", "-qq", "-e", "trace=none", "true");
  }

  @Override
  public String strike(Scene scene) throws IOException, InterruptedException {
    Server server = scene.server();
    server.tell("traced");
    String pumps = server.tell("pumps");
    List<String> plan = plan(scene);
    Path trace = Files.createTempFile("soak-", ".strace");
    Process strace = attach(server, plan, trace);
    try {
      String call = call(plan.getFirst());
      awaitInjected(trace, call, 1);
      String hoarded = server.tell("hoard");
      if (!hoarded.startsWith("0 ")) {
        throw new SoakFailure("though no socket could be had: " + hoarded);
      }
      Eventually.none(
          "pumps of servers that were refused",
          () -> server.tell("pumps").equals(pumps) ? null : "there were " + pumps);
      awaitInjected(trace, call, COUNT);
    } finally {
      strace.destroy(); // it lets go of the process
      if (!Eventually.ends(strace, Eventually.LONGEST)) {
        strace.destroyForcibly();
      }
    }
    Files.delete(trace);
    return String.join(", ", plan);
  }

  /** By one thread. */
  private static void awaitInjected(Path trace, String call, long count)
      throws InterruptedException {
    Eventually.none(
        count + " calls of " + call + " that fail",
        () -> {
          Thread.sleep(POLL_MILLIS);
          return injected(trace, call) >= count ? null : read(trace);
        });
  }

  /** In strace's words. */
  private static List<String> plan(Scene scene) {
    boolean isOfSends = scene.random().nextBoolean();
    String call =
        switch (scene.provider()) {
          case "linux-mmsg" ->
              isOfSends
                  ? planned("sendmmsg", scene, OF_SENDS)
                  : planned("recvmmsg", scene, OF_RECEIVES);
          case "linux-uring" ->
              isOfSends
                  ? planned("sendmmsg", scene, OF_SENDS)
                  : planned("io_uring_enter", scene, OF_RINGS);
          default ->
              isOfSends
                  ? planned("sendto", scene, OF_SENDS_OF_THE_JDK)
                  : planned("recvfrom", scene, OF_RECEIVES);
        };
    return List.of(call + ":when=1.." + COUNT, planned("socket", scene, OF_SOCKETS));
  }

  private static String planned(String call, Scene scene, List<String> errors) {
    return call + ":error=" + any(scene, errors);
  }

  private static String any(Scene scene, List<String> errors) {
    return errors.get(scene.random().nextInt(errors.size()));
  }

  private static Process attach(Server server, List<String> plan, Path trace) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("strace", "-f", "-qq", "-Z", "-o", trace.toString()));
    plan.forEach(each -> command.addAll(List.of("-e", "inject=" + each)));
    command.addAll(
        List.of(
            "-e",
            "trace=" + String.join(",", plan.stream().map(FailingCalls::call).toList()),
            "-p",
            Long.toString(server.pid())));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start();
  }

  private static String call(String planned) {
    return planned.substring(0, planned.indexOf(':'));
  }

  /** How often it has failed in the thread that it has failed in most often. */
  private static long injected(Path trace, String call) throws IOException {
    try (Stream<String> lines = Files.lines(trace, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> line.contains(call + "(") && line.contains("(INJECTED)"))
          .collect(Collectors.groupingBy(FailingCalls::thread, Collectors.counting()))
          .values()
          .stream()
          .max(Long::compare)
          .orElse(0L);
    }
  }

  private static String thread(String line) {
    return line.substring(0, line.indexOf(' '));
  }

  private static String read(Path trace) throws IOException {
    String text = Files.readString(trace, StandardCharsets.ISO_8859_1);
    return "strace has seen: " + text.substring(0, Math.min(500, text.length()));
  }
}
