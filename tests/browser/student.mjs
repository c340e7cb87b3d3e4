// What a student does on the page, by the names that people and screen readers use.
import { readFileSync } from "node:fs";

const text = readFileSync(new URL("../../src/app/names.rs", import.meta.url), "utf8");

/** The names of the page's parts, by their constant in src/app/names.rs. */
export const names = Object.fromEntries(
  [...text.matchAll(/^pub const (\w+): &str = "(.*)";$/gm)].map(([, key, value]) => [key, value]),
);

export const terminal = (page) => page.getByRole("textbox", { name: names.TERMINAL });
export const output = (page) => page.getByRole("log", { name: names.TERMINAL_OUTPUT });
// Playwright's getByRole knows no roles of the graphics module, so these look at the attributes.
export const network = (page) =>
  page.locator(`[role="graphics-document"][aria-label="${names.NETWORK}"]`);
/** A thing of the map whose label begins with these words. */
export const node = (page, label) =>
  network(page).locator(`[role="graphics-symbol"][aria-label^="${label}"]`);
export const inspector = (page) => page.getByRole("region", { name: names.INSPECTOR });
export const lesson = (page) => page.getByRole("tabpanel", { name: names.LESSON });
export const outline = (page) => page.getByRole("tree", { name: names.OUTLINE });
export const trace = (page) => page.getByRole("list", { name: names.TRACE, exact: true });

/** Runs lines in the terminal, one after the other. */
export const run = async (page, ...lines) => {
  for (const line of lines) {
    await terminal(page).fill(line);
    await terminal(page).press("Enter");
  }
};

/** Pastes lines into the terminal; they run one after the other. */
export const paste = async (page, lines) => {
  await terminal(page).focus();
  await page.evaluate((text) => {
    const data = new DataTransfer();
    data.setData("text/plain", text);
    const event = new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true });
    document.activeElement.dispatchEvent(event);
  }, `${lines.join("\n")}\n`);
};

/** A VPC with a public and a private subnet, a web server and a database. */
export const twoTier = [
  "vpc=$(aws ec2 create-vpc --cidr-block 10.0.0.0/16 --tag-specifications 'ResourceType=vpc,Tags=[{Key=Name,Value=shop}]' --query Vpc.VpcId --output text)",
  "front=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.1.0/24 --availability-zone us-east-1a --tag-specifications 'ResourceType=subnet,Tags=[{Key=Name,Value=front}]' --query Subnet.SubnetId --output text)",
  "back=$(aws ec2 create-subnet --vpc-id $vpc --cidr-block 10.0.2.0/24 --availability-zone us-east-1b --tag-specifications 'ResourceType=subnet,Tags=[{Key=Name,Value=back}]' --query Subnet.SubnetId --output text)",
  "igw=$(aws ec2 create-internet-gateway --query InternetGateway.InternetGatewayId --output text)",
  "aws ec2 attach-internet-gateway --internet-gateway-id $igw --vpc-id $vpc",
  "rtb=$(aws ec2 create-route-table --vpc-id $vpc --tag-specifications 'ResourceType=route-table,Tags=[{Key=Name,Value=to-internet}]' --query RouteTable.RouteTableId --output text)",
  "aws ec2 create-route --route-table-id $rtb --destination-cidr-block 0.0.0.0/0 --gateway-id $igw",
  "aws ec2 associate-route-table --route-table-id $rtb --subnet-id $front",
  "sg=$(aws ec2 create-security-group --group-name web --description web --vpc-id $vpc --query GroupId --output text)",
  "aws ec2 run-instances --image-id $web_image --instance-type t3.micro --subnet-id $front --security-group-ids $sg --associate-public-ip-address --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=web}]'",
  "aws ec2 run-instances --image-id $al2023 --instance-type t3.micro --subnet-id $back --count 2 --tag-specifications 'ResourceType=instance,Tags=[{Key=Name,Value=database}]'",
];

/** Opens the port of the web server of `twoTier`. */
export const openDoor =
  "aws ec2 authorize-security-group-ingress --group-id $sg --protocol tcp --port 80 --cidr 0.0.0.0/0";

/** Shows a panel of a narrow page, or a tab of the dock. */
export const show = async (page, name) => {
  const tab = page.getByRole("tab", { name, exact: true });
  const narrow = page.getByRole("navigation", { name: "Panels" }).getByRole("button", { name, exact: true });
  if (await narrow.isVisible()) await narrow.click();
  else if (await tab.isVisible()) await tab.click();
};

/** A button of the palette, by the whole name of what it makes. */
export const palette = (page, name) =>
  page.getByRole("toolbar", { name: names.PALETTE }).getByRole("button", { name, exact: true });

const middle = async (locator) => {
  const box = await locator.boundingBox();
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** A place on a thing of the map: the middle of a card, the title of a container. */
export const spot = async (page, label) => {
  const box = await node(page, label).first().boundingBox();
  const container = /^(VPC|Subnet) /.test(label);
  return container ? { x: box.x + 24, y: box.y + 10 } : { x: box.x + box.width / 2, y: box.y + box.height / 2 };
};

/** Drags with the mouse from a place to a place, in a few steps as a hand does. */
export const drag = async (page, from, to) => {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 });
  await page.mouse.move(to.x, to.y, { steps: 3 });
  await page.mouse.up();
};

/** Drags something new out of the palette onto a thing. */
export const carry = async (page, kind, label) =>
  drag(page, await middle(palette(page, kind)), await spot(page, label));

/** Where the handle of a thing stands, which connects it. */
export const handle = async (page, label) => {
  await node(page, label).hover({ position: { x: 12, y: 12 }, force: true });
  return middle(node(page, label).locator(".node-handle"));
};

/** The dialog that a gesture opened. */
export const dialog = (page, name) => page.getByRole("dialog", { name });
export const menuItem = (page, name) => page.getByRole("menuitem", { name, exact: true });
