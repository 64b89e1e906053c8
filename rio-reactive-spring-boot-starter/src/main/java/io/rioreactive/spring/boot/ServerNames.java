package io.rioreactive.spring.boot;

import io.rioreactive.RioUdpServer;
import io.rioreactive.spring.RioUdpConnections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.boot.diagnostics.FailureAnalyzedException;

/**
 * How a server and its bean are called: {@code default} and {@code rioUdpServer}, {@code dns} and
 * {@code dnsRioUdpServer}. A bean of another name gives its own to the server.
 */
final class ServerNames {

  static final String DEFAULT_BEAN = "rioUdpServer";

  private static final String SUFFIX = "RioUdpServer";

  private ServerNames() {}

  static String beanOf(String server) {
    return server.equals(RioUdpConnections.DEFAULT) ? DEFAULT_BEAN : server + SUFFIX;
  }

  static String of(String bean) {
    if (bean.equals(DEFAULT_BEAN)) {
      return RioUdpConnections.DEFAULT;
    }
    boolean isLonger = bean.endsWith(SUFFIX) && bean.length() > SUFFIX.length();
    return isLonger ? bean.substring(0, bean.length() - SUFFIX.length()) : bean;
  }

  /** The beans of a factory by the names of their servers; none of them is made. */
  static Map<String, String> beansIn(ListableBeanFactory factory) {
    Map<String, String> beans = new LinkedHashMap<>();
    for (String bean : factory.getBeanNamesForType(RioUdpServer.class, true, false)) {
      String other = beans.put(of(bean), bean);
      if (other != null) {
        throw new FailureAnalyzedException(
            "The beans '%s' and '%s' are both the UDP server \"%s\"."
                .formatted(other, bean, of(bean)),
            "Give one of them another name.");
      }
    }
    return beans;
  }
}
