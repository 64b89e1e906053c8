package io.rioreactive.spring;

import io.rioreactive.RioUdpServer;
import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import org.springframework.aot.hint.annotation.Reflective;

/**
 * A method of a bean that answers each datagram of a UDP server by itself, as {@link
 * RioUdpServer#respond} does.
 *
 * <pre>{@code
 * @Component
 * class Clock {
 *
 *   @RioDatagramHandler
 *   Mono<String> answer(String query) {
 *     return query.equals("time") ? Mono.just(Instant.now().toString()) : Mono.empty();
 *   }
 * }
 * }</pre>
 *
 * <p>Parameters, any number in any order: {@link io.rioreactive.Datagram}; its payload as {@code
 * byte[]}, {@code String} (UTF-8), {@link java.nio.ByteBuffer}, {@link
 * org.springframework.core.io.buffer.DataBuffer} or anything that a Spring {@link
 * org.springframework.core.codec.Decoder} reads (see {@link DatagramCodecs}); and the sender as
 * {@link java.net.InetSocketAddress}.
 *
 * <p>Result: the payload of the reply in one of these types, or what a Spring {@link
 * org.springframework.core.codec.Encoder} writes; a {@code Datagram} goes where it says. {@code
 * void} and null are no reply. A {@link org.reactivestreams.Publisher} or another type that Spring
 * adapts to one ({@link java.util.concurrent.CompletionStage}) may give none, one or many.
 *
 * <p><b>Threads</b>: a method whose result is a publisher is called on the pump and must not block.
 * Any other is called on {@code Schedulers.boundedElastic()}, or on a virtual thread of its own
 * with {@code spring.threads.virtual.enabled}, and may.
 *
 * <p>What one call does concerns no other. One that fails, also because its parameters cannot be
 * decoded, is counted ({@link io.rioreactive.RioStats#handlerFailures}), and the first of each
 * class of exception is logged. One that has not ended within the server's {@code respond-timeout}
 * is cancelled, which interrupts a blocking one, and counted too.
 *
 * <p>A server has at most one such method. What cannot work is refused when the application starts,
 * by bean and method.
 */
@Target(ElementType.METHOD)
@Retention(RetentionPolicy.RUNTIME)
@Documented
@Reflective(HandlerMethodHints.class)
public @interface RioDatagramHandler {

  /**
   * The name of the server, as in {@code rio.udp.servers.<name>}; may be left out where there is
   * only one.
   */
  String server() default "";

  /**
   * The MIME type by which a Decoder and an Encoder are chosen where several know the type, such as
   * {@code application/cbor}. By default the first that knows it, which is JSON where Jackson is.
   */
  String mimeType() default "";
}
