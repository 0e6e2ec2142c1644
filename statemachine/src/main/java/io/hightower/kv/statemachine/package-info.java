/**
 * The vocabulary of the store: what can be asked ({@link Command}), what is answered ({@link Result}), what is kept
 * ({@link KeyRecord}) and how a request can fail.
 *
 * <pre>
 * Bytes, KeyRange, Revision          values
 *   Command ──► Entry ──► LogPosition   what is ordered
 *   KeyRecord, AppliedState             what is kept
 *   Result, ApplyOutcome                what is answered
 *   exceptions                          what went wrong, one type per decision of the caller
 * </pre>
 *
 * <p>Every type here is an immutable value or an exception. Nothing here reads a clock, a file, a socket or a source of
 * randomness. Packages {@code spi}, {@code state}, {@code codec} and {@code api} build on this one, never the reverse.
 */
@NullMarked
package io.hightower.kv.statemachine;

import org.jspecify.annotations.NullMarked;
