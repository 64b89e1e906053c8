/**
 * UDP servers in a Spring application: handler methods, access to what is bound, the start and the
 * end with the application context. Start at {@link io.rioreactive.spring.RioDatagramHandler}.
 */
@NullMarked
package io.rioreactive.spring;

import org.jspecify.annotations.NullMarked;
