package io.rioreactive.samples.webflux;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;

/** A web application with a UDP server: the property {@code rio.udp.server.port} starts it. */
@SpringBootApplication
public class WebfluxApplication {

  /** Starts it; SIGTERM and Ctrl-C end it when what is under way is done. */
  public static void main(String[] args) {
    SpringApplication.run(WebfluxApplication.class, args);
  }
}
