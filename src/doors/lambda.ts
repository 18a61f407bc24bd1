export { lambdaReceiver, type LambdaHttpEvent, type LambdaHttpResult } from "../hosts/lambda.js";
