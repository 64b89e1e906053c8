package io.rioreactive.test;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * On a parameter of a {@link RioTest}: a client on the test's network. As a {@link
 * io.rioreactive.RioConnection} it is connected; as a {@link io.rioreactive.RioUdpClient} it waits
 * to be completed and connected.
 *
 * <p>Without a port its peer is the one {@link Server} among the parameters before it; a server
 * that the test binds itself must be bound by the time the client is connected.
 *
 * <pre>{@code
 * void test(@Server RioConnection server, @Client RioConnection client)
 * }</pre>
 */
@Target(ElementType.PARAMETER)
@Retention(RetentionPolicy.RUNTIME)
@Documented
public @interface Client {

  /** The peer's literal address, if a port is named. */
  String host() default "127.0.0.1";

  /** The peer's port; 0 for that of the {@link Server}. */
  int port() default 0;
}
