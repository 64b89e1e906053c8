package io.rioreactive.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a parameter of a {@link RioTest}: a server on the test's network. As a {@link
 * io.rioreactive.RioConnection} it is bound, without a handler; as a {@link
 * io.rioreactive.RioUdpServer} it waits to be completed and bound.
 *
 * <pre>{@code
 * void test(@Server RioConnection server, @Server(host = "10.0.0.2", port = 53) RioUdpServer dns)
 * }</pre>
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Server {

  /** A literal address; with real sockets one of this machine. */
  String host() default "127.0.0.1";

  /** 0 picks one. */
  int port() default 0;
}
