import type { StaffId } from '@app/kernel';
import {
  type Config,
  CONFIG,
  COOKIE,
  idSchema,
  Nothing,
  Open,
  Shape,
  Staff,
  StaffDoor,
  type StaffPrincipal,
} from '@app/platform';
import { Body, Controller, Get, HttpCode, Inject, Ip, Param, Post, Res } from '@nestjs/common';
import type { CookieOptions, Response } from 'express';
import { CodeBody, CredentialsBody } from './messages';
import { Roster } from './roster/roster.service';
import { Sessions } from './sessions/sessions.service';
import { PasswordStep } from './sign-in/password.service';
import { SecondFactor } from './sign-in/second-factor.service';

/** Signing in and out. */
@Controller('api/staff')
export class StaffController {
  private readonly cookie: CookieOptions;

  constructor(
    private readonly password: PasswordStep,
    private readonly secondFactor: SecondFactor,
    private readonly sessions: Sessions,
    @Inject(CONFIG) config: Config,
  ) {
    this.cookie = {
      httpOnly: true,
      sameSite: 'strict',
      path: '/',
      secure: config.publicUrl.startsWith('https:'),
    };
  }

  @Open('staff.sign-in')
  @Post('sign-in')
  @HttpCode(200)
  async signIn(@Body(new Shape(CredentialsBody)) body: CredentialsBody, @Ip() ip: string | undefined) {
    return { challenge: await this.password.signIn({ ...body, ip: ip ?? '' }) };
  }

  @Open('staff.sign-in')
  @Post('sign-in/totp')
  @HttpCode(200)
  async totp(
    @Body(new Shape(CodeBody)) body: CodeBody,
    @Ip() ip: string | undefined,
    @Res({ passthrough: true }) response: Response,
  ) {
    const { cookie, me } = await this.secondFactor.totp({ ...body, ip: ip ?? '' });
    response.cookie(COOKIE.staff, cookie, this.cookie);
    return me;
  }

  @StaffDoor('self.read')
  @Post('sign-out')
  @HttpCode(204)
  async signOut(
    @Body(new Shape(Nothing)) _: object,
    @Staff() principal: StaffPrincipal,
    @Res({ passthrough: true }) response: Response,
  ): Promise<void> {
    await this.sessions.signOut(principal);
    response.clearCookie(COOKIE.staff, this.cookie);
    response.setHeader('Clear-Site-Data', '"cache", "storage"');
  }

  @StaffDoor('self.read')
  @Get('me')
  me(@Staff() principal: StaffPrincipal) {
    return this.sessions.me(principal);
  }

  @StaffDoor('self.read')
  @Post('socket-ticket')
  @HttpCode(200)
  async socketTicket(@Body(new Shape(Nothing)) _: object, @Staff() principal: StaffPrincipal) {
    return { ticket: await this.sessions.socketTicket(principal) };
  }
}

/** Who works here, for administrators. */
@Controller('api/admin/staff')
export class RosterController {
  constructor(private readonly roster: Roster) {}

  @StaffDoor('staff.list')
  @Get()
  async list(@Staff() principal: StaffPrincipal) {
    return { staff: await this.roster.list(principal) };
  }

  @StaffDoor('staff.manage')
  @Post(':id/disable')
  @HttpCode(204)
  async disable(
    @Param('id', new Shape(idSchema<StaffId>())) id: StaffId,
    @Body(new Shape(Nothing)) _: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    await this.roster.changeActive(principal, id, false);
  }

  @StaffDoor('staff.manage')
  @Post(':id/enable')
  @HttpCode(204)
  async enable(
    @Param('id', new Shape(idSchema<StaffId>())) id: StaffId,
    @Body(new Shape(Nothing)) _: object,
    @Staff() principal: StaffPrincipal,
  ): Promise<void> {
    await this.roster.changeActive(principal, id, true);
  }
}
