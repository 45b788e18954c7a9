/// The client is gone, or was too slow to take a streamed response.
package struct HTTPStreamClosed: Error {}
