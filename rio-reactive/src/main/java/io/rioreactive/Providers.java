package io.rioreactive;

import io.rioreactive.kernel.Feature;
import io.rioreactive.kernel.Kernel;
import io.rioreactive.kernel.KernelException;
import io.rioreactive.kernel.linux.LinuxMmsgKernel;
import io.rioreactive.kernel.linux.LinuxUringKernel;
import io.rioreactive.kernel.nio.NioKernel;
import io.rioreactive.kernel.windows.WindowsIocpKernel;
import io.rioreactive.kernel.windows.WindowsRioKernel;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.StringJoiner;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernels this library has, the best first, and which of them work here. The one class that
 * names them, and the one place that asks which system this is.
 *
 * <p>A kernel is tried out when it is first needed, and the answer is kept, but for a failure that
 * may pass. Any thread.
 */
final class Providers {

  static final String AUTO = "auto";

  private static final Logger LOG = LoggerFactory.getLogger(Providers.class);

  private static final String SYSTEM = System.getProperty("os.name", "");
  private static final boolean LINUX = SYSTEM.startsWith("Linux");
  private static final boolean WINDOWS = SYSTEM.startsWith("Windows");

  private static final List<Candidate> CANDIDATES =
      List.of(
          new Candidate(new WindowsRioKernel(), WINDOWS, "Windows"),
          new Candidate(new WindowsIocpKernel(), WINDOWS, "Windows"),
          new Candidate(new LinuxMmsgKernel(), LINUX, "Linux"),
          new Candidate(new LinuxUringKernel(), LINUX, "Linux", false),
          new Candidate(new NioKernel(), true, "any system"));

  private static final List<Candidate> AUTOMATIC =
      CANDIDATES.stream().filter(Candidate::isAutomatic).toList();

  /** What trying out has shown: null for works, else why not. */
  private static final Map<String, Verdict> VERDICTS = new ConcurrentHashMap<>();

  /** What {@code auto} has fallen back to, so that it is said once. */
  private static final Set<String> FALLEN_BACK_TO = ConcurrentHashMap.newKeySet();

  private Providers() {}

  /** A kernel, where it can be, and whether {@code auto} may choose it. */
  private record Candidate(Kernel kernel, boolean isItsSystem, String system, boolean isAutomatic) {

    Candidate(Kernel kernel, boolean isItsSystem, String system) {
      this(kernel, isItsSystem, system, true);
    }

    Verdict verdict() {
      Verdict known = VERDICTS.get(kernel.name());
      if (known != null) {
        return known;
      }
      Verdict found = tryOut();
      if (!found.mayPass()) {
        VERDICTS.put(kernel.name(), found);
      }
      return found;
    }

    private Verdict tryOut() {
      if (!isItsSystem) {
        return new Verdict(new IOException("this is " + SYSTEM + ", it needs " + system));
      }
      try {
        kernel.probe();
        return new Verdict(null);
      } catch (IOException failure) {
        return new Verdict(failure);
      }
    }
  }

  private record Verdict(@Nullable IOException failure) {

    /** Whether it is for want of something that may be there later: descriptors, memory. */
    boolean mayPass() {
      return failure instanceof KernelException refusal
          && refusal.kind() == KernelException.Kind.TRANSIENT;
    }
  }

  /** Names that {@code provider(…)} takes. */
  static List<String> names() {
    return CANDIDATES.stream().map(c -> c.kernel().name()).toList();
  }

  /** Those that {@code auto} may choose, in their order. */
  static List<String> automatic() {
    return AUTOMATIC.stream().map(c -> c.kernel().name()).toList();
  }

  /** Refuses a name nobody has. */
  static String checkName(String name) {
    if (!name.equals(AUTO) && !names().contains(name)) {
      throw new IllegalArgumentException(
          "provider \"" + name + "\" is unknown: use auto, " + String.join(", ", names()));
    }
    return name;
  }

  /**
   * The kernel of that name, or for {@code auto} the first that works.
   *
   * @throws IOException if it does not work here, with the reason
   */
  static Kernel choose(String name) throws IOException {
    return name.equals(AUTO) ? chooseBest() : chooseNamed(name);
  }

  private static Kernel chooseNamed(String name) throws IOException {
    Candidate candidate =
        CANDIDATES.stream().filter(c -> c.kernel().name().equals(name)).findFirst().orElseThrow();
    IOException failure = candidate.verdict().failure();
    if (failure != null) {
      throw new IOException(
          "provider " + name + " does not work here: " + failure.getMessage(), failure);
    }
    return candidate.kernel();
  }

  private static Kernel chooseBest() throws IOException {
    StringJoiner refusals = new StringJoiner("; ");
    for (Candidate candidate : AUTOMATIC) {
      String name = candidate.kernel().name();
      Verdict verdict = candidate.verdict();
      if (verdict.failure() == null) {
        if (refusals.length() > 0 && FALLEN_BACK_TO.add(name)) {
          LOG.info("provider {}, since a better one does not work here: {}", name, refusals);
        }
        return candidate.kernel();
      }
      if (candidate.isItsSystem()) {
        refusals.add(name + ": " + reason(verdict));
      }
    }
    throw new IOException(
        "no provider works here: "
            + AUTOMATIC.stream()
                .map(c -> c.kernel().name() + ": " + reason(c.verdict()))
                .collect(Collectors.joining("; ")));
  }

  private static String reason(Verdict verdict) {
    IOException failure = verdict.failure();
    return failure == null ? "works" : String.valueOf(failure.getMessage());
  }

  /** All of them, tried out. */
  static List<RioSupport.Provider> describe() {
    return CANDIDATES.stream().map(Providers::describe).toList();
  }

  private static RioSupport.Provider describe(Candidate candidate) {
    Map<RioSupport.Capability, RioSupport.Answer> capabilities = new LinkedHashMap<>();
    for (RioSupport.Capability capability : RioSupport.Capability.values()) {
      var feature = Feature.valueOf(capability.name());
      var answer = candidate.kernel().features().get(feature);
      capabilities.put(
          capability,
          answer == null ? RioSupport.Answer.UNKNOWN : RioSupport.Answer.valueOf(answer.name()));
    }
    Verdict verdict = candidate.verdict();
    return new RioSupport.Provider(
        candidate.kernel().name(), verdict.failure() == null, reason(verdict), capabilities);
  }
}
