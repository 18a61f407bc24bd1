/** A listener for errors that a contender lives with: the first is told, the others are like it. */
export function reportFirst(contender: string): (error: Error) => void {
  let isTold = false;
  return (error) => {
    if (isTold) return;
    isTold = true;
    console.error(`${contender}: ${error.message}`);
  };
}
