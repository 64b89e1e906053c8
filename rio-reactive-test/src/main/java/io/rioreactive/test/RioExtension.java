package io.rioreactive.test;

import io.rioreactive.PumpGroup;
import io.rioreactive.RioConnection;
import io.rioreactive.RioUdpClient;
import io.rioreactive.RioUdpServer;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolutionException;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLocksProvider;
import org.opentest4j.TestAbortedException;

/** What {@link RioTest} does; JUnit makes it. It has no state: that is in the test's context. */
public final class RioExtension
    implements BeforeEachCallback, AfterEachCallback, ParameterResolver, ResourceLocksProvider {

  private static final ExtensionContext.Namespace NAMESPACE =
      ExtensionContext.Namespace.create(RioExtension.class);

  private static final Set<Class<?>> HAND = Set.of(ManualPump.class, SimulatedKernel.class);

  /** The seed that {@link Seeds} says; null for an extension that any other test has. */
  private final @Nullable Long seed;

  private final Runnable onFailure;

  /** Made by JUnit. */
  public RioExtension() {
    seed = null;
    onFailure = () -> {};
  }

  RioExtension(long seed, Runnable onFailure) {
    this.seed = seed;
    this.onFailure = onFailure;
  }

  /** Whether each invocation has an extension of its own. */
  static boolean isSeeded(ExtensionContext context) {
    return context.getTestMethod().map(it -> it.isAnnotationPresent(Seeds.class)).orElse(false);
  }

  /** Virtual time is the whole JVM's: who uses it does so alone. */
  @Override
  public Set<Lock> provideForMethod(
      List<Class<?>> enclosing, Class<?> testClass, Method testMethod) {
    boolean isVirtual = RioTestSettings.nearest(testMethod, testClass).virtualTime();
    return Set.of(
        new Lock(
            RioTest.VIRTUAL_TIME,
            isVirtual ? ResourceAccessMode.READ_WRITE : ResourceAccessMode.READ));
  }

  private boolean isMine(ExtensionContext context) {
    return isSeeded(context) == (seed != null);
  }

  @Override
  public void beforeEach(ExtensionContext context) {
    if (!isMine(context)) {
      return;
    }
    RioTestSettings settings = RioTestSettings.of(context, seed);
    boolean isByHand =
        Stream.of(context.getRequiredTestMethod().getParameterTypes()).anyMatch(HAND::contains);
    if (isByHand && settings.real()) {
      Assumptions.abort("a test that is the kernel, by hand, has no sockets of this machine");
    }
    context.getStore(NAMESPACE).put(RioTestRun.class, RioTestRun.begin(settings, isByHand));
  }

  @Override
  public void afterEach(ExtensionContext context) {
    RioTestRun run =
        isMine(context)
            ? context.getStore(NAMESPACE).remove(RioTestRun.class, RioTestRun.class)
            : null;
    if (run == null) { // not mine, or never begun
      return;
    }
    @Nullable Throwable failure = context.getExecutionException().orElse(null);
    RioTestReport report = run.end();
    if (failure != null) {
      if (!(failure instanceof TestAbortedException)) {
        onFailure.run();
        failure.addSuppressed(report);
      }
    } else if (report.hasProblems()) {
      onFailure.run();
      throw new AssertionError(report.getMessage());
    }
  }

  @Override
  public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
    if (isSeeded(context) && seed == null) {
      return false;
    }
    Class<?> type = parameter.getParameter().getType();
    return HAND.contains(type)
        || type == SimulatedNetwork.class
        || type == PumpGroup.class
        || parameter.isAnnotated(Server.class)
        || parameter.isAnnotated(Client.class);
  }

  @Override
  public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
    RioTestRun run = context.getStore(NAMESPACE).get(RioTestRun.class, RioTestRun.class);
    if (run == null) {
      throw new ParameterResolutionException(
          "a network is there for one test: take "
              + parameter.getParameter()
              + " as a parameter of the test method, or of @BeforeEach or @AfterEach");
    }
    return resolve(parameter, run);
  }

  private static Object resolve(ParameterContext parameter, RioTestRun run) {
    Class<?> type = parameter.getParameter().getType();
    Server server = parameter.findAnnotation(Server.class).orElse(null);
    if (server != null) {
      requireType(parameter, "@Server", List.of(RioConnection.class, RioUdpServer.class));
      return type == RioUdpServer.class ? run.server(server) : run.bind(server);
    }
    Client client = parameter.findAnnotation(Client.class).orElse(null);
    if (client != null) {
      requireType(parameter, "@Client", List.of(RioConnection.class, RioUdpClient.class));
      return type == RioUdpClient.class ? run.client(client) : run.connect(client);
    }
    if (type == SimulatedNetwork.class) {
      return run.network();
    }
    return type == PumpGroup.class
        ? run.group()
        : type == ManualPump.class ? run.pump() : run.kernel();
  }

  private static void requireType(
      ParameterContext parameter, String annotation, List<Class<?>> allowed) {
    if (!allowed.contains(parameter.getParameter().getType())) {
      throw new ParameterResolutionException(
          annotation
              + " is on "
              + parameter.getParameter()
              + ": allowed are "
              + allowed.get(0).getSimpleName()
              + " and "
              + allowed.get(1).getSimpleName());
    }
  }
}
