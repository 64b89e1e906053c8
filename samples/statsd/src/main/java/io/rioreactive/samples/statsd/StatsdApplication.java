package io.rioreactive.samples.statsd;

import io.rioreactive.RioUdpServer;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.ApplicationContextInitializer;
import org.springframework.context.ConfigurableApplicationContext;

/** The application: a UDP server, what it collects, and a web server that shows it. */
@SpringBootApplication(proxyBeanMethods = false)
class StatsdApplication {

  /**
   * Starts it. Whoever calls this ends it: {@link ConfigurableApplicationContext#close} stores what
   * has been received, and returns when both sockets are closed.
   *
   * @param udp where to listen
   * @param httpHost the web server's address, as a literal or a name
   * @param httpPort its port; 0 picks one
   */
  static ConfigurableApplicationContext start(RioUdpServer udp, String httpHost, int httpPort) {
    SpringApplication application = new SpringApplication(StatsdApplication.class);
    application.setRegisterShutdownHook(false);
    application.setDefaultProperties(
        Map.of("server.address", httpHost, "server.port", String.valueOf(httpPort)));
    ApplicationContextInitializer<ConfigurableApplicationContext> withServer =
        context -> context.getBeanFactory().registerSingleton("udpServer", udp);
    application.addInitializers(withServer);
    return application.run();
  }

  /** The web server's port. */
  static int httpPort(ConfigurableApplicationContext application) {
    return application.getEnvironment().getRequiredProperty("local.server.port", Integer.class);
  }
}
