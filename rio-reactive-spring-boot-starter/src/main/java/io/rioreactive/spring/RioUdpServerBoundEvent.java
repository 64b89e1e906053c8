package io.rioreactive.spring;

import io.rioreactive.RioConnection;
import org.springframework.context.ApplicationEvent;

/**
 * A UDP server of the application is bound; published once for each, when all of them are.
 *
 * <pre>{@code
 * @EventListener
 * void onBound(RioUdpServerBoundEvent event) {
 *   advertise(event.name(), event.connection().localAddress().getPort());
 * }
 * }</pre>
 */
public final class RioUdpServerBoundEvent extends ApplicationEvent {

  private static final long serialVersionUID = 1L;

  private final String name;
  private final transient RioConnection connection;

  /**
   * Made by the lifecycle.
   *
   * @param lifecycle that has bound it
   * @param name of the server
   * @param connection what it is bound to
   */
  public RioUdpServerBoundEvent(
      RioUdpServerLifecycle lifecycle, String name, RioConnection connection) {
    super(lifecycle);
    this.name = name;
    this.connection = connection;
  }

  /** The name of the server. */
  public String name() {
    return name;
  }

  /** What it is bound to; another one after a restart of the application context. */
  public RioConnection connection() {
    return connection;
  }
}
