/**
 * What Spring Boot finds by itself: the properties {@code rio.udp.*}, the beans made from them,
 * health and meters. Applications name none of it but {@link
 * io.rioreactive.spring.boot.RioUdpProperties}.
 */
@NullMarked
package io.rioreactive.spring.boot;

import org.jspecify.annotations.NullMarked;
