package io.rioreactive.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Inherited;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Gives each test of a class, or one test, a simulated network of its own, and fails a test that
 * leaves something behind. Needs JUnit Jupiter 5.14 or later, or 6.
 *
 * <pre>{@code
 * @RioTest(virtualTime = true)
 * class EchoTest {
 *
 *   @Test
 *   void echoes(@Server RioUdpServer server, @Client RioUdpClient client) {
 *     server.handle((in, out) -> out.send(in.receive())).bindNow();
 *     RioConnection connection = client.connectNow();
 *     StepVerifier.create(connection.send(Mono.just(Datagram.of("hi"))).then(connection.next()))
 *         .expectNextMatches(reply -> reply.asString().equals("hi"))
 *         .verifyComplete();
 *   }
 * }
 * }</pre>
 *
 * <p><b>Parameters</b> of the test and of its {@code @BeforeEach} and {@code @AfterEach}:
 *
 * <table>
 * <caption>What is given</caption>
 * <tr><th>type</th><th>what</th></tr>
 * <tr><td>{@link SimulatedNetwork}</td><td>the network, the same for all parameters of a test</td></tr>
 * <tr><td>{@link io.rioreactive.PumpGroup}</td><td>what to bind on: {@link
 * SimulatedNetwork#pumps}</td></tr>
 * <tr><td>{@link Server @Server}</td><td>a server, bound or to be bound</td></tr>
 * <tr><td>{@link Client @Client}</td><td>a client, connected or to be connected</td></tr>
 * <tr><td>{@link ManualPump}, {@link SimulatedKernel}</td><td>a test by hand, if its method asks for
 * either: then no network is there, and servers, clients and the group are on that pump</td></tr>
 * </table>
 *
 * <p><b>After the test</b>, also after its {@code @AfterEach} methods, everything that was bound is
 * closed; connections may be left open. A test fails that
 *
 * <ul>
 *   <li>has a connection that does not end, or a slot that stays with the kernel;
 *   <li>holds cancellations or completions and has not released them;
 *   <li>breaks a law of conservation, of a connection or of the network;
 *   <li>broke the contract of the kernel, or a pump;
 *   <li>leaves a thread of this library running, of a server or a group that was not bound here and
 *       not closed (not looked for while another test runs at the same time);
 *   <li>leaves virtual time enabled that it has enabled itself;
 *   <li>blocked a pump for longer than {@link #longestTurnMillis}.
 * </ul>
 *
 * <p>Each failure, of a test or of these checks, brings along the seed, how to run the same again,
 * what each connection did, and the last events: as a suppressed exception, or in the message.
 *
 * <p>Inherited; on a nested class it is looked for in the enclosing ones. The nearest counts.
 */
@Target({ElementType.TYPE, ElementType.METHOD})
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Inherited
@ExtendWith(RioExtension.class)
@ResourceLock(providers = RioExtension.class)
public @interface RioTest {

  /** For {@link #seed}: another one each time. */
  long ANY_SEED = Long.MIN_VALUE;

  /**
   * The key of the {@link ResourceLock} that keeps virtual time to one test where JUnit runs tests
   * in parallel: a test with {@link #virtualTime} holds it alone, all other RioTests share it. Take
   * it on tests that enable virtual time otherwise, with {@code StepVerifier.withVirtualTime}:
   * {@code @ResourceLock(RioTest.VIRTUAL_TIME)}.
   */
  String VIRTUAL_TIME = "io.rioreactive.test.virtualTime";

  /**
   * What chance is drawn from. Default: another seed each time, which a failure tells. The system
   * property (or JUnit configuration parameter) {@code rio.seed} is stronger, and so is {@link
   * Seeds}.
   */
  long seed() default ANY_SEED;

  /**
   * Whether the test runs in virtual time from its beginning to its end: {@link
   * SimulatedNetwork#virtualTime}. It is the whole JVM's, so where JUnit runs tests in parallel,
   * such a test runs while no other RioTest does: see {@link #VIRTUAL_TIME}.
   */
  boolean virtualTime() default false;

  /**
   * Whether the network, or the kernel, behaves as Windows does: as {@code keepingPosts()} says.
   */
  boolean keepingPosts() default false;

  /**
   * Whether servers, clients and the group use the sockets of this machine. A parameter {@link
   * SimulatedNetwork} is given all the same, and nobody is on it: its links have no effect. A test
   * by hand is skipped. Laws are checked of the connections that were given as parameters. The
   * system property (or JUnit configuration parameter) {@code rio.real} does the same for all
   * tests.
   */
  boolean real() default false;

  /**
   * How long a turn of a pump may be, in milliseconds on the wall: handlers and subscribers run in
   * it, and must not block. Default 2,000; 0 for as long as it likes, as with a debugger.
   */
  int longestTurnMillis() default 2_000;
}
